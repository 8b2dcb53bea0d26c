#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""turn_fit.py ODDS HEARD... [-m COUNT]: fits the log odds of src/core/turn.c, in thousandths, by logistic regression.

ODDS: of `listening_fit.py ... FOLDS`, by networks that have not heard the speaker (those of the network in use would flatter it); HEARD: what
tests/bench/hearing wrote of the same sounds. Only what the rule decides by them counts: short, no sound of listening by its words, no "no" or "stop".
The base is set so that at most COUNT (12) words are missed of these, which costs others; that is printed for several counts. Nothing but python3.
"""
import math
import re
import sys

SHORT_MS, RIDGE = 1000, 3.0
NAMES = ("base", "empty", "no words", "confidence", "second", "noise", "sound")


def lists():
    """{name: phrases} of English and of every language, from the core's own."""
    with open(__file__.rsplit("/tests/", 1)[0] + "/src/core/phrase_words.c", encoding="utf-8") as lines:
        source = lines.read().split('.tag = "de"')[0]
    found = {}
    for name, body in re.findall(r"\[LIST_(\w+)\]\s*=\s*LIST\((.*?)\)", source, re.S):
        found.setdefault(name, []).extend(re.findall(r'"([^"]*)"', body))
    return found


LISTS = lists()


def made_of(words, *names):
    phrases = {phrase for name in names for phrase in LISTS[name]}
    return all(word in phrases for word in words)


def takes_floor(text):
    return len(text.split()) <= 4 and any(re.search(rf"\b{re.escape(phrase)}\b", text) for phrase in LISTS["NO"] + LISTS["STOP"] + LISTS["GOODBYE"])


def sounds(path):
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            name, ms, what, number, words, _ = line.rstrip("\n").split("\t")
            one = found.setdefault(name, {"firm": False})
            edge = int(ms) - int(number)
            if what == "voice":
                one.setdefault("from", edge)
            elif what == "quiet":
                one.setdefault("to", edge)
            elif what == "noise":
                one.setdefault("verdict", 1.0)
            elif what == "speech" and "final" not in one:
                one["verdict"] = 0.0
            elif what == "partial" and "final" not in one:
                one["firm"] |= takes_floor(words)
            elif what == "final":
                one.setdefault("final", (int(number), words))
    return found


def examples(odds_path, paths):
    odds, rows = {}, []
    with open(odds_path, encoding="utf-8") as lines:
        for line in lines:
            noise, name, value = line.split()
            odds[int(noise), name] = float(value)
    for path in paths:
        for name, one in sounds(path).items():
            plain, _, noise = name.partition("+n")
            sound = odds.get((int(noise or 0), plain))
            if "final" not in one or "to" not in one or sound is None:
                continue
            confidence, text = one["final"]
            words, ms = text.split(), one["to"] - one["from"]
            if ms > SHORT_MS or one["firm"] or takes_floor(text) or (words and made_of(words, "LISTENING")):
                continue
            kind = plain.split("-")[1]
            rows.append(([1.0, float(made_of(words, "LISTENING", "GRAMMAR")), float(not words), confidence / 1000, ms / 1000,
                          one.get("verdict", 0.0), sound], kind not in ("words", "negation")))
    return rows


def solve(matrix):
    size = len(matrix)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(matrix[row][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        for row in range(size):
            if row != i:
                by = matrix[row][i] / matrix[i][i]
                matrix[row] = [a - by * b for a, b in zip(matrix[row], matrix[i])]
    return [matrix[i][size] / matrix[i][i] for i in range(size)]


def score(weights, features):
    return sum(w * x for w, x in zip(weights, features))


def fit(rows):
    weights = [0.0] * len(NAMES)
    for _ in range(25): # Newton's method.
        system = [[(RIDGE if i == j and i else 0.0) for j in range(len(weights))] + [-(RIDGE * w if i else 0.0)] for i, w in enumerate(weights)]
        for features, label in rows:
            chance = 1 / (1 + math.exp(-score(weights, features)))
            for i, x in enumerate(features):
                system[i][-1] += x * (label - chance)
                for j, y in enumerate(features):
                    system[i][j] += x * y * chance * (1 - chance)
        weights = [w + change for w, change in zip(weights, solve(system))]
    return weights


def main():
    most = int(sys.argv.pop(sys.argv.index("-m") + 1)) if "-m" in sys.argv else 12
    rows = examples(sys.argv[1], [path for path in sys.argv[2:] if path != "-m"])
    weights = fit(rows)
    words = sorted((score(weights, x) for x, label in rows if not label), reverse=True)
    others = [score(weights, x) for x, label in rows if label]
    print(f"{len(words)} words, {len(others)} others")
    for count in (2, 4, 8, 12, 16, 20, 30):
        print(f"missed {count}: gives way to {sum(value <= words[count] for value in others)} of the others")
    weights[0] -= words[most] + 0.001
    for name, weight in zip(NAMES, weights):
        print(f"{name:12} {1000 * weight:.0f}")


main()
