"""Secrets that are known by where they stand: in URLs, headers, commands, connection strings, statements of SQL.

Each has a trigger for the Hyperscan screen and an expression whose group `secret` must go. Nothing here backtracks over
more than a bounded stretch of one line.
"""

from __future__ import annotations

from typing import Final

from analyzer.redact.shapes import Shape

_VALUE: Final = r"(?:\\{0,4}[\"'](?P<secret>[^\"'\n]{1,512})|(?P<secret>[^\s\"'|;<>]{1,512}))"
_ON: Final = r"[^\n|]{0,300}?\s"

PLACES: Final = (
    # RFC 3986, section 3.2.1: user:password@host; a password may hold anything but / and blanks
    Shape(
        "password",
        r"://[^\s/@\"'<>]{0,128}:[^\s/@\"'<>]{1,128}@",
        r"://[^\s/:@\"'<>]{0,128}:(?P<secret>(?![$<{*%]{1,2}[A-Z_({])[^\s/\"'<>]{1,256})@(?=[\w\[.-])",
    ),
    # a password with unescaped slashes: only before a host that has a port or ends the authority
    Shape(
        "password",
        r"(?:postgres|postgresql|mysql|mongodb|amqps?|redis|rediss|mssql)(?:\+\w{1,16})?://[^\s@\"'<>]{0,128}:[^\s@\"'<>]{1,128}@",
        r"(?:postgres|postgresql|mysql|mongodb|amqps?|rediss?|mssql)(?:\+\w{1,16})?://[^\s/:@\"'<>]{0,128}:(?P<secret>[^\s\"'<>@]{1,256})@(?=[\w\[.-])",
    ),
    Shape(
        "token",
        r"://[A-Za-z0-9_.~-]{20,}@",
        r"://(?P<secret>(?=[A-Za-z_.~-]{0,64}\d)[A-Za-z0-9_.~-]{20,256})@(?=[\w\[])",
    ),
    # drivers' own forms: go-sql-driver/mysql, Oracle's thin driver
    Shape(
        "password",
        r":[^\s@]{1,64}@(?:tcp|unix|udp)\(",
        r"(?<![\w.-])[\w.-]{1,64}:(?P<secret>[^\s@\"'/]{1,128})@(?:tcp|unix|udp)\d?\(",
    ),
    Shape(
        "password",
        r"jdbc:oracle:\w{3,4}:[^\s/@]{1,64}/",
        r"jdbc:oracle:\w{3,4}:[^\s/@]{1,64}/(?P<secret>[^\s@\"']{1,128})@",
    ),
    # RFC 9110, section 11: credentials in headers and wherever a scheme is written before them
    Shape(
        "basic-auth",
        r"(?i)basic\s[A-Za-z0-9+/]{8}",
        r"(?i)\bbasic\s{1,4}(?P<secret>[A-Za-z0-9+/]{8,1024}={0,2})(?![\w-])",
    ),
    Shape(
        "token",
        r"(?i)bearer(?:\s|%20|\+|:)",
        r"(?i)\bbearer(?:\s{1,4}|%20|\+|: ?)[\"']?(?P<secret>[A-Za-z0-9_.~+/=:|-]{8,8192})",
    ),
    Shape(
        "token",
        r"(?i)authorization[\"'\\\]]{0,4}\s?[:=]",
        r"(?i)authorization[\"'\\\]]{0,6}\s{0,4}[:=]\s{0,4}[\[\"'\\]{0,6}"
        r"(?:basic|bearer|token|apikey|api-key|key|digest|negotiate|ntlm|hawk|splunk|ssws|bot|aws4-hmac-sha256)\s{1,4}(?P<secret>[^\s\"'\n][^\"'\n]{3,1024})",
    ),
    # RFC 6265: what a browser sends back is the session
    Shape(
        "cookie",
        r"(?i)cookie[\"'\\\]]{0,4}\s?[:=]",
        r"(?i)\b(?:set-)?cookie2?[\"'\\\]]{0,6}\s{0,4}[:=]\s{0,4}[\[\"'\\]{0,6}(?P<cookies>[^\"'\n]{3,4096})",
    ),
    # Azure: shared access signatures; storage and Service Bus connection strings go by their names
    Shape("signature", r"[?&;]sig=", r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/=_-]{16,256})"),
    Shape("signature", r"X-(?:Amz|Goog)-Signature=", r"X-(?:Amz|Goog)-Signature=(?P<secret>[A-Za-z0-9]{16,1024})"),
    # commands that take a password as an argument of a short option
    Shape(
        "password",
        r"(?:docker|podman|buildah|skopeo|nerdctl|helm|oc|az|mongo|mongosh|rabbitmqctl|cf|mqtt)[^\n|]{0,200} -p[ =]",
        r"\b(?:docker|podman|buildah|skopeo|nerdctl|helm|oc|az|mongo\w{0,8}|cf)\s"
        + r"(?:[^\n|]{0,80}?\s)?log[io]n?\b"
        + _ON
        + r"-p[ =]"
        + _VALUE,
    ),
    Shape("password", r"sshpass -p", r"\bsshpass\s+-p\s?" + _VALUE),
    Shape(
        "password",
        r"(?:mysql|mariadb)[^\n|]{0,200} -p[^\s]",
        r"\b(?:mysql|mariadb)\w{0,10}" + _ON + r"-p(?![\s=])" + _VALUE,
    ),
    Shape("password", r"redis-cli[^\n|]{0,200}(?:-a|--pass) ", r"\bredis-cli" + _ON + r"(?:-a|--pass)\s+" + _VALUE),
    Shape("password", r"ldap[a-z]{3,9}[^\n|]{0,300} -w ", r"\bldap[a-z]{3,9}" + _ON + r"-w\s+" + _VALUE),
    Shape(
        "password",
        r"(?:ipmitool|sqlcmd|zip)[^\n|]{0,200} -P ?",
        r"\b(?:ipmitool|sqlcmd|zip|unzip)" + _ON + r"-P\s?" + _VALUE,
    ),
    Shape(
        "password",
        r"(?:curl|wget|http)[^\n|]{0,300} (?:-u|-U|--user|--proxy-user|-a)[ =]?",
        r"\b(?:curl|https?|wget)"
        + r"(?:[^\n|]{0,300}?\s)(?:-[uUa]|--(?:proxy-)?user|--auth)[ =]?"
        + r"\\{0,4}[\"']?[^\s:\"']{0,128}:(?P<secret>[^\s\"'|;]{1,256})",
    ),
    Shape(
        "password",
        r"smbclient[^\n|]{0,200} -U",
        r"\bsmbclient" + _ON + r"-U\s?[^\s%]{1,64}%(?P<secret>[^\s\"']{1,128})",
    ),
    Shape("password", r"pass:[^\s]", r"\bpass(?:in|out|wd)?[ =]pass:(?P<secret>[^\s\"']{1,128})"),
    Shape(
        "password",
        r"chpasswd",
        r"\becho\s{1,4}\\{0,4}[\"']?[\w.-]{1,32}:(?P<secret>[^\s\"'|]{1,128})"
        r"[\"'\\]{0,4}\s{0,4}\|\s{0,4}(?:sudo )?chpasswd",
    ),
    Shape("password", r"htpasswd -\w{0,6}b", r"\bhtpasswd\s+-\w{0,6}b\w{0,6}\s+\S{1,256}\s+\S{1,64}\s+" + _VALUE),
    Shape("secret", r"--from-literal", r"--from-literal[= ]\\{0,4}[\"']?[\w.-]{1,128}=(?P<secret>[^\s\"'\\]{1,512})"),
    # files of other tools: netrc, pgpass
    Shape("password", r"login\s+\S{1,64}\s+password\s", r"\blogin\s+\S{1,128}\s+password\s+" + _VALUE),
    Shape(
        "password",
        r":(?:5432|\*):[^:\s]{1,64}:[^:\s]{1,64}:",
        r"(?m)(?:^|\s)[\w.*-]{1,128}:(?:5432|5433|6432|\*):[^:\s]{1,64}:[^:\s]{1,64}:(?P<secret>[^\s:]{1,128})$",
    ),
    # statements of SQL
    Shape(
        "password",
        r"(?i)identified by ",
        r"(?i)\bidentified\s+(?:with\s+\S{1,40}\s+)?by\s+(?:password\s+)?\\{0,4}[\"'](?P<secret>[^\"'\n]{1,256})",
    ),
    Shape(
        "password",
        r"(?i)password\s+'",
        r"(?i)\b(?:with|encrypted|role|user)\b[^\n]{0,100}?\bpassword\s+'(?P<secret>[^'\n]{1,256})",
    ),
    # prose of programs
    Shape(
        "password",
        r"(?i)(?:password|passphrase|passwd) (?:is|was|set to|used|of|:)",
        r"(?i)\b(?:password|passphrase|passwd)\s(?:for \S{1,64} )?(?:is|was|set to|used|of)"
        r"(?: now| reset to| set to)?:?\s{1,2}(?:\\{0,4}[\"'](?P<secret>[^\"'\n]{1,128})|"
        r"(?P<secret>(?=[A-Za-z!@#$%^&*_.-]{0,64}\d)[^\s\"']{4,128}))",
    ),
    Shape(
        "password",
        r"(?i)(?:password|passphrase|passwd) [\"'`]",
        r"(?i)\b(?:with|using|has|wrong|bad|invalid|incorrect)\s(?:the\s)?(?:password|passphrase|passwd)\s[\"'`](?P<secret>[^\"'`\n]{1,128})",
    ),
    Shape(
        "vault-key",
        r"(?i)unseal key [0-9]",
        r"(?i)\bunseal key \d{1,2}(?: \(\w+\))?: (?P<secret>[A-Za-z0-9+/=]{20,128})",
    ),
    # kubeadm: https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/ (6.16 characters), after a word
    # that says so: an event's name has the same form
    Shape(
        "bootstrap-token",
        r"(?i)token[^\n]{1,60}[a-z0-9]{6}\.[a-z0-9]{16}",
        r"(?i)token[^\n]{1,60}?(?-i:(?<![\w.-])(?P<secret>[a-z0-9]{6}\.[a-z0-9]{16})(?![\w.-]))",
    ),
    Shape(
        "key",
        r"(?i)certificate.key",
        r"(?i)\bcertificate[ -]key[\"'\\]{0,4}[ =:]{1,4}[\"'\\]{0,4}(?P<secret>[0-9a-f]{40,64})",
    ),
    Shape(
        "key",
        r"(?i)(?:private|preshared)_?key\s?=",
        r"(?i)\b(?:private|preshared)_?key\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/]{42,44}=)",
    ),
)
