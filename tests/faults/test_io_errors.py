"""A disk that fails at any call: every payment ends as recorded or not recorded, and that is the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import io_errors
from tests.faults.conftest import linux_only
from tests.faults.teller import CASH_TWICE, TWICE

pytestmark = [linux_only, pytest.mark.timeout(240)]


def test_an_io_error_is_answered_with_the_truth(scratch: Path) -> None:
    done = io_errors.campaign(scratch, every=29)
    assert not done.wrongs, done
    assert done.ends["taken after asking"], f"no commit that failed and was there all the same: {done}"
    assert done.ends["not recorded"], done


@pytest.mark.parametrize("defect", [TWICE, CASH_TWICE])
def test_a_retry_under_a_new_intent_is_found(scratch: Path, defect: str) -> None:
    done = io_errors.campaign(scratch, defect=defect, until_found=True)
    assert done.wrongs["doubled"], done
