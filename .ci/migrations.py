"""Whether the migrations since a release can run beside that release: ``python .ci/migrations.py v1.2``."""

import os
import sys

import django
from django_migration_linter import MigrationLinter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naksha.settings")
django.setup()
linter = MigrationLinter(".", no_cache=True)
linter.lint_all_migrations(git_commit_id=sys.argv[1])
linter.print_summary()
sys.exit(1 if linter.has_errors else 0)
