"""What notices say, in the languages for which there are texts; otherwise in English."""

from typing import NamedTuple

ENGLISH = "en"

ALLEGATIONS: dict[str, dict[str, str]] = {
    "en": {
        "counterfeit": "The listing is said to offer counterfeit goods.",
        "trademark_infringement": "The listing is said to infringe a trade mark.",
        "keyword_misuse": "The listing is said to use a trade mark to draw buyers to other goods.",
        "copyright_infringement": "The listing is said to infringe copyright.",
        "other": "The listing is said to infringe a right.",
    },
    "de": {
        "counterfeit": "Das Angebot soll gefälschte Waren enthalten.",
        "trademark_infringement": "Das Angebot soll eine Marke verletzen.",
        "keyword_misuse": "Das Angebot soll mit einer Marke zu anderen Waren locken.",
        "copyright_infringement": "Das Angebot soll ein Urheberrecht verletzen.",
        "other": "Das Angebot soll ein Recht verletzen.",
    },
    "fr": {
        "counterfeit": "L'annonce proposerait des produits contrefaits.",
        "trademark_infringement": "L'annonce porterait atteinte à une marque.",
        "keyword_misuse": "L'annonce citerait une marque pour attirer vers d'autres produits.",
        "copyright_infringement": "L'annonce porterait atteinte à un droit d'auteur.",
        "other": "L'annonce porterait atteinte à un droit.",
    },
    "es": {
        "counterfeit": "El anuncio ofrecería productos falsificados.",
        "trademark_infringement": "El anuncio infringiría una marca.",
        "keyword_misuse": "El anuncio citaría una marca para atraer hacia otros productos.",
        "copyright_infringement": "El anuncio infringiría derechos de autor.",
        "other": "El anuncio infringiría un derecho.",
    },
    "it": {
        "counterfeit": "L'annuncio offrirebbe prodotti contraffatti.",
        "trademark_infringement": "L'annuncio violerebbe un marchio.",
        "keyword_misuse": "L'annuncio citerebbe un marchio per attirare verso altri prodotti.",
        "copyright_infringement": "L'annuncio violerebbe un diritto d'autore.",
        "other": "L'annuncio violerebbe un diritto.",
    },
}
"""What is alleged, by language and ground; `other` stands for any other ground."""


class Text(NamedTuple):
    """A text, and the language that it is in."""

    text: str
    language: str


def allegation(ground: str, language: str) -> Text:
    """Say what is alleged, in a language where there is a text in it."""
    spoken = language if language in ALLEGATIONS else ENGLISH
    sentences = ALLEGATIONS[spoken]
    return Text(sentences.get(ground, sentences["other"]), spoken)


def body(said: Text, statement: str, language: str) -> Text:
    """Return a body in one language: what we say, with what a party stated where that fits.

    A statement in a language in which there is no text of ours stands by itself.
    """
    if not statement:
        return said
    if language in ("", said.language):
        return Text(f"{said.text}\n\n{statement}", said.language)
    return Text(statement, language)
