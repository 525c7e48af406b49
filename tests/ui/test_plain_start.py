"""A start of the counter is understood without a parser, and means what the parser would have understood."""

from __future__ import annotations

import pytest

from counter_app import cli

PLAIN: tuple[list[str], ...] = (
    [],
    ["--data", "hall"],
    ["--theme", "dark", "--text-size", "150", "--data", "a b", "--language", "en"],
    ["--data", "first", "--data", "last"],
)
ASKED_OF_THE_PARSER = (
    ["--theme", "x"],
    ["--text-size", "110"],
    ["--data"],
    ["--data", "--theme"],
    ["--data=hall"],
    ["--version", "--data"],
    ["verify"],
    ["--data", "hall", "verify"],
    ["--page", "customer", "--data", "hall"],
)


@pytest.mark.parametrize("words", PLAIN, ids=" ".join)
def test_a_plain_start_means_what_the_parser_understands(words: list[str]) -> None:
    understood = cli._plain_start(words)
    assert understood is not None
    parsed = vars(cli._parser().parse_args(words))
    assert vars(understood) == {key: value for key, value in parsed.items() if key != "page"}


@pytest.mark.parametrize("words", ASKED_OF_THE_PARSER, ids=" ".join)
def test_everything_else_is_asked_of_the_parser(words: list[str]) -> None:
    assert cli._plain_start(words) is None


def test_a_wrong_option_is_answered_with_all_that_the_command_knows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--theme", "x"])
    told = capsys.readouterr().err
    assert "COMMAND" in told
    assert "invalid choice: 'x'" in told
