"""The README promises what the code does, and the decisions are kept in one form."""

from django.conf import settings


def test_the_demo_logins_are_those_that_the_readme_names() -> None:
    readme = (settings.BASE_DIR / "README.md").read_text()
    for mail, (_who, password) in settings.DEMO_LOGINS.items():
        assert f"`{mail}` | `{password}`" in readme


def test_each_decision_begins_with_its_number() -> None:
    decisions = sorted((settings.BASE_DIR / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1)), (
        "a number twice, or left out"
    )
    for path in decisions:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name
