"""Secrets that are known by their own shape: tokens with a prefix, JWTs, keys without their armour.

The shapes are facts of each issuer's documentation, named beside them. `trigger` is what the Hyperscan screen looks
for in raw bytes: shorter and looser than `expression`, without look-around. Lengths are lower bounds below the real
ones, because a report may quote a line that was cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_EDGE: Final = r"(?<![A-Za-z0-9])"
_WORD: Final = r"[A-Za-z0-9_-]"


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of secret; the group `secret` of `expression`, else the whole match, is what must go."""

    kind: str
    trigger: str
    expression: str


def _prefixed(kind: str, prefix: str, rest: str) -> Shape:
    """A token that begins with `prefix`, which alone is the trigger with the first six characters behind it."""
    characters = rest[: rest.index("{")]
    return Shape(kind, prefix + characters + "{6}", _EDGE + prefix + rest)


SHAPES: Final = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    Shape(
        "aws-key", r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{12}", _EDGE + r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,16}(?![A-Za-z0-9])"
    ),
    Shape(
        "aws-session-token",
        r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+]{6}",
        r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=]{8,}",
    ),
    # https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
    _prefixed("github-token", r"gh[pousr]_", r"[A-Za-z0-9]{10,}"),
    _prefixed("github-token", r"github_pat_", r"[A-Za-z0-9_]{10,}"),
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    _prefixed("gitlab-token", r"gl(?:pat|ptt|rt|rtr|dt|cbt|oas|soat|imt|ft|agent|ffct|wt)-", r"[A-Za-z0-9_.-]{12,}"),
    _prefixed("gitlab-token", r"GR1348941", r"[A-Za-z0-9_-]{12,}"),
    # https://api.slack.com/concepts/token-types
    _prefixed("slack-token", r"xox[abceoprs]-", r"[A-Za-z0-9-]{10,}"),
    _prefixed("slack-token", r"xapp-\d-", r"[A-Za-z0-9-]{10,}"),
    Shape(
        "webhook",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9/_+-]{8,})",
    ),
    Shape(
        "webhook", r"discord(?:app)?\.com/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/(?P<secret>[\w/-]{8,})"
    ),
    Shape("webhook", r"\.office\.com/webhook", r"\.office\.com/webhookb?2?/(?P<secret>[\w@/-]{8,})"),
    # https://cloud.google.com/docs/authentication/api-keys, https://developers.google.com/identity/protocols/oauth2
    _prefixed("google-key", r"AIza", r"[A-Za-z0-9_-]{20,}"),
    _prefixed("google-token", r"ya29\.", r"[A-Za-z0-9_.-]{12,}"),
    _prefixed("google-key", r"GOCSPX-", r"[A-Za-z0-9_-]{12,}"),
    _prefixed("google-token", r"1//0", r"[A-Za-z0-9_-]{20,}"),
    # https://learn.microsoft.com/azure: Entra client secrets carry "Q~" at a fixed place
    Shape("azure-key", r"[0-9]Q~[A-Za-z0-9_.~-]{12}", _EDGE + r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{20,}"),
    Shape(
        "azure-key",
        r"[A-Za-z0-9+/]{70}(?:AzCa|AIoT|AEvH|ASt[A-Za-z0-9+/]|ACDb)",
        _EDGE + r"[A-Za-z0-9+/]{33,90}(?:A(?:zCa|IoT|EvH|CDb)|\+AMC|\+ASt)[A-Za-z0-9+/]{4,6}={0,2}",
    ),
    # https://docs.stripe.com/keys
    _prefixed("stripe-key", r"(?:sk|rk)_(?:live|test)_", r"[A-Za-z0-9]{8,}"),
    _prefixed("stripe-key", r"whsec_", r"[A-Za-z0-9+/]{12,}"),
    # registries of packages: npm, PyPI, RubyGems, crates.io, Docker Hub, Artifactory, NuGet
    _prefixed("npm-token", r"npm_", r"[A-Za-z0-9]{20,}"),
    _prefixed("pypi-token", r"pypi-A", r"[A-Za-z0-9_-]{20,}"),
    _prefixed("rubygems-key", r"rubygems_", r"[a-f0-9]{16,}"),
    _prefixed("docker-token", r"dckr_[op]at_", r"[A-Za-z0-9_-]{12,}"),
    _prefixed("artifactory-token", r"AKCp", r"[A-Za-z0-9]{20,}"),
    _prefixed("nuget-key", r"oy2", r"[a-z0-9]{43,}"),
    # models: OpenAI, Anthropic, Hugging Face, Groq, Replicate
    Shape(
        "openai-key",
        r"sk-(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{8}",
        _EDGE + r"(?<!-)sk-(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{8,}",
    ),
    Shape("openai-key", r"sk-[A-Za-z0-9]{20}", _EDGE + r"(?<!-)sk-[A-Za-z0-9]{20,}"),
    _prefixed("anthropic-key", r"sk-ant-", r"[A-Za-z0-9_-]{12,}"),
    _prefixed("huggingface-token", r"hf_", r"[A-Za-z0-9]{20,}"),
    _prefixed("groq-key", r"gsk_", r"[A-Za-z0-9]{20,}"),
    # mail: SendGrid, Mailgun, Mailchimp; telephones: Twilio
    Shape("sendgrid-key", r"SG\.[A-Za-z0-9_-]{10}", _EDGE + r"SG\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{4,})?"),
    Shape("mailgun-key", r"key-[0-9a-f]{32}", _EDGE + r"key-[0-9a-f]{32}(?![0-9a-f])"),
    Shape("mailchimp-key", r"[0-9a-f]{32}-us[0-9]", _EDGE + r"[0-9a-f]{32}-us\d{1,2}(?!\w)"),
    Shape("twilio-key", r"SK[0-9a-f]{32}", _EDGE + r"SK[0-9a-f]{32}(?![0-9a-f])"),
    # HashiCorp: Vault (https://developer.hashicorp.com/vault/docs/concepts/tokens), Terraform Cloud
    _prefixed("vault-token", r"hv[sbr]\.", r"[A-Za-z0-9_-]{12,}"),
    Shape(
        "terraform-token", r"\.atlasv1\.[A-Za-z0-9_=-]{8}", _EDGE + r"[A-Za-z0-9]{6,20}\.atlasv1\.[A-Za-z0-9_=-]{12,}"
    ),
    # https://core.telegram.org/bots/api#authorizing-your-bot
    Shape("telegram-token", r"[0-9]{8}:AA[A-Za-z0-9_-]{12}", r"(?<!\d)\d{8,12}:AA[A-Za-z0-9_-]{12,}"),
    # https://docs.openshift.com: OAuth access tokens; k3s and RKE2 join tokens; Rancher API keys
    _prefixed("openshift-token", r"sha256~", r"[A-Za-z0-9_-]{12,}"),
    Shape("cluster-token", r"K10[0-9a-f]{20}", _EDGE + r"K10[0-9a-f]{20,}::[\w-]{0,32}:?[\w.-]{4,}"),
    Shape("rancher-token", r"token-[a-z0-9]{5}:[a-z0-9]{12}", _EDGE + r"token-[a-z0-9]{5}:[a-z0-9]{12,}"),
    Shape(
        "rancher-token",
        r"kubeconfig-[a-z0-9-]{4,40}:[a-z0-9]{20}",
        _EDGE + r"kubeconfig-[a-z0-9.-]{4,60}:[a-z0-9]{20,}",
    ),
    # https://www.rfc-editor.org/rfc/rfc7519: base64url of '{"' begins with eyJ; three parts, five when encrypted
    Shape(
        "jwt",
        r"eyJ[A-Za-z0-9_-]{10}",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}",
    ),
    # clouds and services
    _prefixed("digitalocean-token", r"do[opr]_v1_", r"[a-f0-9]{16,}"),
    _prefixed("databricks-token", r"dapi", r"[a-f0-9]{32,}"),
    _prefixed("shopify-token", r"shp(?:at|ca|pa|ss|ua)_", r"[a-fA-F0-9]{16,}"),
    _prefixed("atlassian-token", r"ATATT3", r"[A-Za-z0-9_=-]{20,}"),
    _prefixed("grafana-token", r"gl(?:sa|c)_", r"[A-Za-z0-9+/_=]{20,}"),
    _prefixed("newrelic-key", r"NRAK-", r"[A-Z0-9]{16,}"),
    _prefixed("dynatrace-token", r"dt0[a-z]\d{2}\.", r"[A-Z2-7]{20,}(?:\.[A-Z2-7]{8,})?"),
    _prefixed("linear-key", r"lin_(?:api|oauth)_", r"[A-Za-z0-9]{16,}"),
    _prefixed("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"[A-Za-z0-9._-]{16,}"),
    _prefixed("square-token", r"sq0[a-z]{3}-", r"[A-Za-z0-9_-]{16,}"),
    _prefixed("planetscale-token", r"pscale_(?:tkn|pw|oauth)_", r"[A-Za-z0-9_.-]{16,}"),
    _prefixed("postman-key", r"PMAK-", r"[a-f0-9-]{20,}"),
    _prefixed("sentry-token", r"sntry[su]_", r"[A-Za-z0-9+/=_-]{16,}"),
    _prefixed("supabase-key", r"sbp_", r"[a-f0-9]{20,}"),
    _prefixed("sonar-token", r"sq[apu]_", r"[a-f0-9]{20,}"),
    _prefixed("tailscale-key", r"tskey-", r"[A-Za-z0-9-]{12,}"),
    _prefixed("pulumi-token", r"pul-", r"[a-f0-9]{40,}"),
    _prefixed("age-key", r"AGE-SECRET-KEY-1", r"[A-Z0-9]{20,}"),
    _prefixed("cloudflare-key", r"v1\.0-", r"[a-f0-9]{20,}-[a-f0-9]{20,}"),
    _prefixed("fly-token", r"fo1_", r"[A-Za-z0-9_-]{20,}"),
    # crypt(3) hashes of passwords: they can be cracked
    Shape(
        "password-hash",
        r"\$(?:apr1|2[aby]|[156y]|argon2i?d?)\$[A-Za-z0-9./$=,]{8}",
        r"\$(?:apr1|2[aby]|[156y]|argon2i?d?)\$[A-Za-z0-9./$=,+]{8,}",
    ),
    Shape("password-hash", r"\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{8}", r"\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{16,}={0,2}"),
    # private keys in DER without their BEGIN line: PKCS #1 and #8, SEC 1, Ed25519, OpenSSH
    Shape(
        "private-key",
        r"(?:MII[A-Za-z0-9+/]{3}IBA[A-D]|MIG[A-Za-z0-9+/]AgEA|MH[cQ]CAQEE|MI(?:Gk|Hc)AgEB|MC4CAQAw|b3BlbnNzaC1rZXk)",
        r"(?:MII[A-Za-z0-9+/]{3}IBA[A-D]|MIG[A-Za-z0-9+/]AgEA|MH[cQ]CAQEE|MI(?:Gk|Hc)AgEB|MC4CAQAw|b3BlbnNzaC1rZXk)[A-Za-z0-9+/=]{8,}",
    ),
)
