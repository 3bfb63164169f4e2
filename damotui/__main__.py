"""`python -m damotui`."""

from damotui.import_guard import drop_working_directory

drop_working_directory()

import sys  # noqa: E402

from damotui.launch import main  # noqa: E402

sys.exit(main())
