"""What the gate's exit codes mean; free of imports, so that whatever fails can still be told."""

PASSED, FAILED, NOT_JUDGED = 0, 1, 2
