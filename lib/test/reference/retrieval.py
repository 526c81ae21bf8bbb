"""BM25 scores for retrieval.test.ts, from the formula of Robertson and Zaragoza (2009), in plain Python.

    python lib/test/reference/retrieval.py    # writes retrieval.json beside itself
"""

import json
import math
import pathlib
import re
from collections import Counter

NOTES = [
    "Brena lives in Oxley.",
    "Brena keeps an owl. The owl is old, and the owl sleeps.",
    "Tolik lives in Upwell.",
    "The mother of Tolik is Brena.",
    "Plums are sold in Oxley.",
]
QUESTIONS = ["Where does Brena live?", "What owl does Brena keep?", "Who is in Oxley?", "Is it bigger?", "Who are the old owls?"]


STOP = set("a all an and are as at by can do does for from i in is it of on or the to what where which who".split())


def words(text):
    found = [w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in STOP]
    return [w[:-1] if len(w) > 3 and w.endswith("s") else w for w in found]


def main():
    docs = [Counter(words(note)) for note in NOTES]
    lengths = [sum(doc.values()) for doc in docs]
    mean = sum(lengths) / len(lengths)
    scores = []
    for question in QUESTIONS:
        row = []
        for doc, length in zip(docs, lengths):
            total = 0.0
            for word in sorted(set(words(question))):
                n = sum(word in other for other in docs)
                idf = math.log(1 + (len(docs) - n + 0.5) / (n + 0.5))
                total += idf * doc[word] * 2.2 / (doc[word] + 1.2 * (1 - 0.75 + 0.75 * length / mean))
            row.append(total)
        scores.append(row)
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps({"notes": NOTES, "questions": QUESTIONS, "scores": scores}, indent=1) + "\n")


main()
