#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""listening_clips.py OUT: the sounds that src/speech/listening_fit.h is fitted to, 8 kHz: OUT/{pos,neg}-VOICE-NUMBER.wav.

pos: sounds of listening, coughs, laughs, grunts, noises; neg: words. Real ones: Allison's prompts for Asterisk, voices of Hedgewars, Dutch of
Fillets, letters and syllables of KLettres, words of KTuberling, noises of Tux Paint, Hedgewars and FreedroidRPG; of those speakers alone that do
not speak in interruptions-unheard.tsv. Synthetic: espeak-ng and flite, other variants than those there. Everything is drawn by a fixed seed.
Packages: asterisk-core-sounds-en-wav hedgewars-data fillets-ng-data fillets-ng-data-nl klettres-data ktuberling-data tuxpaint-stamps-default
freedroidrpg-data espeak-ng flite sox; SOUNDS: where they were unpacked (dpkg -x) when they are not installed.
"""
import glob
import os
import random
import re
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

SHARE = os.environ.get("SOUNDS", "") + "/usr/share/"
HEDGEWARS = SHARE + "games/hedgewars/Data/Sounds/"
KLETTRES = SHARE + "klettres/"
LISTENING = ("okay|yeah|yes|right|sure|uh-huh|i see|got it|oh okay|alright|oh i see|yeah okay|ah okay|oh right|mm-hmm|mm|hmm|okay right|sure okay|"
             "yeah sure|okay sure|yep|yeah yeah|oh|ah|aha|okay okay|right right|yes yes|oh yeah|all right|mm okay|uh|um|great|okay great|good|"
             "okay good|fine|i see okay").split("|")
WORDS = ("no|no|no|stop|stop|wait|wait|hold on|hang on|no no|no no no|stop it|that's wrong|not that|no thank you|no thanks|wait a minute|hello|hello|"
         "help|agent|operator|a person|a person please|billing|support|sales|technical support|customer service|representative|what|what|why|who|"
         "who is this|how much|how long|when|where|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday|morning|"
         "next week|next month|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|fifty|hundred|january|march|june|october|"
         "my account|my bill|my order|my name|cancel|cancel it|cancel that|repeat that|repeat|again|sorry|sorry what|excuse me|pardon|goodbye|bye|"
         "thank you|thanks|can i|i want|i need|i have a question|i don't|don't|never|nope|nah|not now|not really|yes but|yeah but|okay but|okay wait|"
         "okay stop|right but|i see a problem|okay so i need|actually|listen|please|please stop|go back|start over|main menu|speak to someone|a refund|"
         "refund|delivery|address|invoice|password|email|internet|the router|phone|number|minutes|hours|time|first|last|second|old|new|small|large|"
         "red|blue|key|car|dog|house|wrong|that's not right|i said|i said no|let me|but|because|so|and|also|maybe|later|enough|shut up|be quiet|"
         "english|spanish|manager|human|doctor|appointment|table for two|reservation|change|open|close|left|wife|son|mister|london|paris|"
         "london please|two tickets|credit card|cash").split("|")
ESPEAK = ["en-us", "en-gb", "en-gb-x-rp", "en-029", "en-gb-scotland"]
VARIANTS = ("m1 m2 m3 m5 m7 m8 f1 f2 f3 f4 Alex Alicia Andrea Andy Annie Diogo Gene Henrique Hugo Jacky Lee Marco Michael Mike steph steph2 adam anika "
            "benjamin belinda david ed grandma grandpa iven john linda max michel pablo paul quincy rob robert sandro shelby travis victor zac klatt2 "
            "klatt4 norbert miguel aunty boris caleb").split()
FLITE = ["slt", "rms", "awb", "kal16", "kal"]
NOT_SAID = ("Hmm", "Laugh", "Ooff", "Ow", "PoisonCough", "PoisonMoan", "Jump", "Kiss", "Firepunch", "Ouch", "Oops", "Uh-oh", "Ohdear")
SOUNDED = ("Hmm", "Laugh", "Ooff", "Ow", "PoisonCough", "Jump")
SPOKEN_FILES = "[Vv]oice|custom|Yoohoo|denied|extratime|suddendeath|homerun|hell|Kiss|chant|invuln|lowgrav|Influencer|Takeover|countdown"

rnd = random.Random(11)
jobs = []
out = sys.argv[1]


def add(label, voice, command):
    jobs.append((f"{out}/{label}-{voice}-{len(jobs)}.wav", command))


def real(label, voice, path):
    add(label, voice, ["sox", "-V1", path, "@"])


def espeak(label, words):
    variant, voice = rnd.choice(VARIANTS), rnd.choice(ESPEAK)
    add(label, "es" + variant, ["espeak-ng", "-v", f"{voice}+{variant}", "-s", str(rnd.randint(115, 185)), "-p", str(rnd.randint(25, 75)), "-w", "@", words])


def flite(label, words):
    voice = rnd.choice(FLITE)
    add(label, "fl" + voice, ["flite", "-voice", voice, "--setf", f"duration_stretch={rnd.uniform(.8, 1.3):.2f}", "-t", words, "-o", "@"])


def files(pattern):
    return sorted(glob.glob(pattern, recursive=True))


def part(path): # Of the noises, one of five kinds, as if they were speakers.
    return zlib.crc32(path.encode()) % 5


def synthetic():
    for words in LISTENING:
        for _ in range(14):
            espeak("pos", words)
        if words not in ("mm-hmm", "mm", "hmm", "aha", "uh-huh"): # flite spells them.
            for _ in range(8):
                flite("pos", words)
    for words in WORDS:
        for _ in range(4):
            espeak("neg", words)
        for _ in range(3):
            flite("neg", words)


def allison():
    for path in files("/usr/share/asterisk/sounds/en_US_f_Allison/**/*.wav"):
        if not re.search("silence/|beep|tone|monkeys|weasels", path) and os.path.basename(path) != "oh.wav":
            real("neg", "allison", path)


def hedgewars():
    for voice in ("Default", "British", "Pirate", "Singer"):
        for path in files(f"{HEDGEWARS}voices/{voice}/*.ogg"):
            name = os.path.basename(path)
            if not name.startswith(NOT_SAID):
                real("neg", "hw" + voice, path)
            elif name.startswith(SOUNDED):
                real("pos", "hw" + voice, path)
    for voice in ("Default_uk", "Default_pl"):
        for name in ("Hmm", "Laugh", "PoisonCough"):
            path = f"{HEDGEWARS}voices/{voice}/{name}.ogg"
            if os.path.exists(path):
                real("pos", "hw" + voice, path)


def fillets_words(path):
    script = path.replace("/sound/", "/script/").split("/nl/")[0] + "/dialogs_nl.lua"
    if not os.path.exists(script):
        return None
    with open(script, encoding="utf-8", errors="replace") as lines:
        for key, words in re.findall(r'dialogId\("([^"]+)"\s*,\s*"[^"]*"\s*,\s*"[^"]*"\)\s*\n\s*dialogStr\("([^"]*)"\)', lines.read()):
            if path.endswith(f"/nl/{key}.ogg"):
                return words
    return None


def fillets():
    for path in files(SHARE + "games/fillets-ng/sound/*/nl/*.ogg"):
        if os.path.getsize(path) >= 14000: # The shorter ones.
            continue
        words = (fillets_words(path) or "").lower()
        if re.match(r"(hmm|aha|ja\b|o ja|ok)", words):
            if len(words) < 8 and len(words.split()) <= 3:
                real("pos", "nl" + path[-7:-5], path)
        elif not re.search("au|ai|oeps|bah|grm|psst|ssst", words):
            real("neg", "nl", path)


def letters():
    for language in ("en", "de", "es", "it", "fr", "cs", "pt_BR", "nb"):
        for path in files(f"{KLETTRES}{language}/syllab/*.ogg") + files(f"{KLETTRES}{language}/alpha/*.ogg"):
            name, letter = os.path.basename(path)[:-4].lower(), "/alpha/" in path
            if letter and name in ("o", "oe", "ue", "ae", "h", "y"):
                if name == "o":
                    real("pos", "kl" + language, path)
            elif letter and ((name == "a" and language != "en") or (name == "a-0" and language in ("fr", "cs"))):
                real("pos", "kl" + language, path)
            elif not (letter and language in ("cs", "nb", "fr")) and name not in ("oh", "ah", "mm", "ha", "aw", "e", "u", "i", "ay", "hm", "eh"):
                real("neg", "kl" + language, path)


def names():
    for language in ("en", "fr", "de", "da", "lt", "ca", "sl", "wa", "gl", "el", "es", "it"):
        paths = files(f"{SHARE}ktuberling/sounds/{language}/*.ogg")
        rnd.shuffle(paths)
        for path in paths[:45]:
            if "laugh" in path:
                if language in ("da", "lt", "ca"):
                    real("pos", "kt" + language, path)
            elif "tux-" not in path and "say-" not in path:
                real("neg", "kt" + language, path)


def coughs():
    for i in range(70):
        burst, breath, pitch, quality = rnd.uniform(.02, .07), rnd.uniform(.12, .35), rnd.randint(500, 1600), rnd.uniform(1, 2)
        parts = [["synth", f"{burst:.3f}", "whitenoise", "lowpass", "3000", "fade", "t", "0.002", f"{burst:.3f}", "0.01"],
                 ["synth", f"{breath:.3f}", "whitenoise", "bandpass", str(pitch), f"{quality:.2f}q", "gain", "6", "fade", "t", "0.01", f"{breath:.3f}",
                  f"{breath * .78:.3f}"]]
        if i % 3 == 1:
            parts.append(["synth", "0.13", "sawtooth", str(rnd.randint(110, 240)), "lowpass", "900", "fade", "t", "0.02", "0.13", "0.09", "gain", "-6"])
        if i % 3 == 2:
            parts = parts + [["trim", "0", "%.2f" % rnd.uniform(.1, .25)]] + parts
        add("pos", "cough%d" % (i % 5), ("made", parts))


def noises():
    for path in files(SHARE + "tuxpaint/stamps/**/*.ogg"):
        if not re.search(r"_desc|_[a-z]{2}(_[A-Za-z]+)?\.ogg|symbols|glass|kettle|saw|mallet|Washing", path):
            real("pos", "noise%d" % part(path), path)
    for pattern in (SHARE + "freedroidrpg/data/sound/effects/*.ogg", HEDGEWARS + "*.ogg"):
        for path in files(pattern):
            if not re.search(SPOKEN_FILES, path):
                real("pos", "noise%d" % part(path), path)


def make(job):
    path, command = job
    raw = path + ".raw.wav"
    if command[0] == "made":
        parts = []
        for i, words in enumerate(command[1]):
            parts.append(f"{path}.{i}.wav")
            subprocess.run(["sox", "-V1", "-R", "-n", "-r", "8000", "-c", "1", "-b", "16", parts[-1]] + words, check=True, capture_output=True)
        subprocess.run(["sox"] + parts + [raw], check=True)
        for name in parts:
            os.remove(name)
    else:
        subprocess.run([raw if word == "@" else word for word in command], check=True, capture_output=True)
    done = subprocess.run(["sox", "-V1", raw, "-r", "8000", "-c", "1", "-b", "16", path, "silence", "1", "0.005", "1%", "highpass", "200", "lowpass", "3400",
                           "norm", "-6", "trim", "0", "2.5"], check=False, capture_output=True)
    os.remove(raw)
    if done.returncode and os.path.exists(path):
        os.remove(path)


def main():
    os.makedirs(out, exist_ok=True)
    for source in (synthetic, allison, hedgewars, fillets, letters, names, coughs, noises):
        source()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(make, jobs))
    print(len(jobs), "sounds,", sum("/pos-" in path for path, _ in jobs), "of listening or none")


main()
