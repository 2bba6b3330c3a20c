import pytest

from analyzer.progress import state


@pytest.mark.parametrize(
    ("size", "total", "seconds", "said"),
    [
        (40e6, 100e6, 2.0, "1,200 files, 40 of 100 MB, 20 MB/s, 3 s left"),
        (1e9, 61e9, 10.0, "1,200 files, 1,000 of 61,000 MB, 100 MB/s, 10 min left"),
        (1e9, 2001e9, 10.0, "1,200 files, 1,000 of 2,001,000 MB, 100 MB/s, 5.6 h left"),
        (40e6, None, 2.0, "1,200 files, 40 MB, 20 MB/s"),
        (0.0, 100e6, 2.0, "1,200 files, 0 of 100 MB, 0 MB/s"),
        (120e6, 100e6, 2.0, "1,200 files, 120 of 100 MB, 60 MB/s, 0 s left"),  # the file has grown
    ],
)
def test_the_line_names_files_bytes_rate_and_the_time_left(size, total, seconds, said):
    assert state(1200, size, total, seconds) == said
