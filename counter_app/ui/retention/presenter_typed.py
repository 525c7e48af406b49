"""What is typed into a form and not yet saved: what of it can be kept, and what is wrong with which line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from counter_app.domain.retention import Act
from counter_app.domain.retention_form import Form
from counter_app.domain.retention_guards import open_acts
from counter_app.services.retention_desk import CaseView
from counter_app.ui.retention.presenter_form import Typed, form_of, toggled, typed_of, wrong_lines

_ABOUT_REASONS = ("reasons", "other_words")
_ONE = frozenset({"next_tool", "rating", "id_kind", "agent_id_kind"})


class TypedForm:
    """The lines of the form as somebody types them; `errors` stand beside them until they are typed anew."""

    def __init__(self) -> None:
        self.typed = Typed({})
        self.errors: dict[str, str] = {}

    def begin(self, view: CaseView) -> None:
        """The lines as they were kept."""
        self.typed, self.errors = typed_of(view.form, view.rules), {}

    def type_line(self, name: str, text: str) -> None:
        """Something was typed into a line."""
        self.errors.pop(name, None)
        self.typed = replace(self.typed, texts={**self.typed.texts, name: text})

    def toggle(self, name: str, number: str) -> None:
        """A number beside a line was clicked."""
        self.type_line(name, toggled(self.typed.texts[name], number, most=1 if name in _ONE else 0))

    def agree(self, *, is_agreed: bool) -> None:
        """The customer agrees to be called or visited, or not."""
        self.errors.pop("later_contact", None)
        self.typed = replace(self.typed, is_agreed=is_agreed)

    def form(self, view: CaseView, now: datetime) -> Form:
        """The form that the lines make."""
        return form_of(self.typed, view.form, view.rules, now, view.contract)[0]

    def to_keep(self, view: CaseView, now: datetime) -> Form | None:
        """The form with what is not saved yet, without the lines that cannot be kept; None when nothing is left."""
        if Act.SAVE_FORM not in open_acts(view.case):
            return None
        kept = typed_of(view.form, view.rules)
        form, errors = form_of(self.typed, view.form, view.rules, now, view.contract)
        errors |= wrong_lines(form, view.rules, view.form_facts, now, is_final=False)
        if errors:
            texts = {name: kept.texts[name] if name in errors else text for name, text in self.typed.texts.items()}
            is_agreed = kept.is_agreed if "later_contact" in errors else self.typed.is_agreed
            form, _ = form_of(Typed(texts, is_agreed), view.form, view.rules, now, view.contract)
            if wrong_lines(form, view.rules, view.form_facts, now, is_final=False):
                return None
        return None if form == view.form else form

    def check(self, view: CaseView, now: datetime, *, is_final: bool) -> bool:
        """Whether the form may go on; what is wrong goes beside its line. Who talks about offers has the reason."""
        form, unread = form_of(self.typed, view.form, view.rules, now, view.contract)
        wrong = wrong_lines(form, view.rules, view.form_facts, now, is_final=is_final)
        whole = wrong_lines(form, view.rules, view.form_facts, now, is_final=True)
        wrong |= {name: words for name, words in whole.items() if name in _ABOUT_REASONS}
        self.errors = {**wrong, **unread}
        return not self.errors
