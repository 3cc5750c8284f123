"""What notices say, in the languages for which there are texts; otherwise in English."""

from typing import NamedTuple

ENGLISH = "en"

ALLEGATIONS: dict[str, dict[str, str]] = {
    "en": {
        "counterfeit": "The listing is said to offer counterfeit goods.",
        "trademark_infringement": "The listing is said to infringe a trade mark.",
        "keyword_misuse": "The listing is said to use a trade mark to draw buyers to other goods.",
        "copyright_infringement": "The listing is said to infringe copyright.",
        "design_infringement": "The listing is said to infringe a design.",
        "patent_infringement": "The listing is said to infringe a patent.",
        "utility_model_infringement": "The listing is said to infringe a utility model.",
        "geographical_indication_infringement": (
            "The listing is said to misuse a geographical indication."
        ),
        "trade_dress_infringement": "The listing is said to imitate the look of another's goods.",
        "parallel_import": (
            "The listing is said to offer goods that the owner did not put on this market."
        ),
        "court_order": "A court's order is said to be against the listing.",
        "other": "The listing is said to infringe a right.",
    },
    "de": {
        "counterfeit": "Das Angebot soll gefälschte Waren enthalten.",
        "trademark_infringement": "Das Angebot soll eine Marke verletzen.",
        "keyword_misuse": "Das Angebot soll mit einer Marke zu anderen Waren locken.",
        "copyright_infringement": "Das Angebot soll ein Urheberrecht verletzen.",
        "design_infringement": "Das Angebot soll ein Design verletzen.",
        "patent_infringement": "Das Angebot soll ein Patent verletzen.",
        "utility_model_infringement": "Das Angebot soll ein Gebrauchsmuster verletzen.",
        "geographical_indication_infringement": (
            "Das Angebot soll eine geografische Angabe missbrauchen."
        ),
        "trade_dress_infringement": "Das Angebot soll die Aufmachung fremder Waren nachahmen.",
        "parallel_import": (
            "Das Angebot soll Waren enthalten, die der Inhaber hier nicht in Verkehr gebracht hat."
        ),
        "court_order": "Gegen das Angebot soll eine gerichtliche Anordnung ergangen sein.",
        "other": "Das Angebot soll ein Recht verletzen.",
    },
    "fr": {
        "counterfeit": "L'annonce proposerait des produits contrefaits.",
        "trademark_infringement": "L'annonce porterait atteinte à une marque.",
        "keyword_misuse": "L'annonce citerait une marque pour attirer vers d'autres produits.",
        "copyright_infringement": "L'annonce porterait atteinte à un droit d'auteur.",
        "design_infringement": "L'annonce porterait atteinte à un dessin ou modèle.",
        "patent_infringement": "L'annonce porterait atteinte à un brevet.",
        "utility_model_infringement": "L'annonce porterait atteinte à un modèle d'utilité.",
        "geographical_indication_infringement": (
            "L'annonce détournerait une indication géographique."
        ),
        "trade_dress_infringement": "L'annonce imiterait l'apparence des produits d'un tiers.",
        "parallel_import": (
            "L'annonce proposerait des produits que le titulaire n'a pas mis sur ce marché."
        ),
        "court_order": "Une décision de justice viserait l'annonce.",
        "other": "L'annonce porterait atteinte à un droit.",
    },
    "es": {
        "counterfeit": "El anuncio ofrecería productos falsificados.",
        "trademark_infringement": "El anuncio infringiría una marca.",
        "keyword_misuse": "El anuncio citaría una marca para atraer hacia otros productos.",
        "copyright_infringement": "El anuncio infringiría derechos de autor.",
        "design_infringement": "El anuncio infringiría un diseño.",
        "patent_infringement": "El anuncio infringiría una patente.",
        "utility_model_infringement": "El anuncio infringiría un modelo de utilidad.",
        "geographical_indication_infringement": (
            "El anuncio usaría indebidamente una indicación geográfica."
        ),
        "trade_dress_infringement": "El anuncio imitaría el aspecto de los productos de otro.",
        "parallel_import": (
            "El anuncio ofrecería productos que el titular no comercializó en este mercado."
        ),
        "court_order": "Una orden judicial se dirigiría contra el anuncio.",
        "other": "El anuncio infringiría un derecho.",
    },
    "it": {
        "counterfeit": "L'annuncio offrirebbe prodotti contraffatti.",
        "trademark_infringement": "L'annuncio violerebbe un marchio.",
        "keyword_misuse": "L'annuncio citerebbe un marchio per attirare verso altri prodotti.",
        "copyright_infringement": "L'annuncio violerebbe un diritto d'autore.",
        "design_infringement": "L'annuncio violerebbe un disegno o modello.",
        "patent_infringement": "L'annuncio violerebbe un brevetto.",
        "utility_model_infringement": "L'annuncio violerebbe un modello di utilità.",
        "geographical_indication_infringement": (
            "L'annuncio userebbe indebitamente un'indicazione geografica."
        ),
        "trade_dress_infringement": "L'annuncio imiterebbe l'aspetto dei prodotti altrui.",
        "parallel_import": (
            "L'annuncio offrirebbe prodotti che il titolare non ha immesso su questo mercato."
        ),
        "court_order": "Un provvedimento giudiziario riguarderebbe l'annuncio.",
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
