# SPDX-License-Identifier: Apache-2.0
"""hearing.py - what a stand-in recogniser hears: words out of the sound that really came, or words of its script.

    clips: {invoice: invoice.wav, ...}  words that are found in the sound by their waveform: 8 kHz recordings, each of one
                                        word; what is reported was received, and what was received is reported
    words: ["my internet is down", ...] else: the texts of the turns, in turn, a word for each 250 ms of voice
    voice_rms: 250                      sound above this is voice
    record: FOLDER                      keeps all sound that came, as KIND-NUMBER.wav in it

Sound is fed as 16-bit linear at 8 kHz. A turn's words are kept until finish().
"""
import audioop
import os
import warnings
import wave

warnings.filterwarnings("ignore", category=DeprecationWarning)

RATE = 8000
FRAME = 2 * 160
ANCHOR = 800       # Samples of a clip that are looked for: 100 ms, its loudest;
WHOLE = 1600       # and how many it is known by.
LIKE = 0.25        # Of the sound at its place, what the clip does not explain: G.711 leaves far less, other words more.
WORD_MS = 250


def to_linear(encoding, rate, data, state):
    """8 kHz linear of what a client sent; state is kept between calls."""
    if encoding == "mulaw":
        data = audioop.ulaw2lin(data, 2)
    elif encoding == "alaw":
        data = audioop.alaw2lin(data, 2)
    if rate != RATE:
        data, state = audioop.ratecv(data, 2, 1, rate, RATE, state)
    return data, state


class Clip:
    def __init__(self, word, path):
        with wave.open(path, "rb") as file:
            assert file.getframerate() == RATE and file.getsampwidth() == 2 and file.getnchannels() == 1, path
            sound = file.readframes(file.getnframes())
        assert len(sound) >= 2 * WHOLE, f"{path} is too short"
        at = audioop.findmax(sound[2 * (WHOLE - ANCHOR):], ANCHOR)
        self.word = word
        self.whole = sound[2 * at:2 * (at + WHOLE)]
        self.anchor = self.whole[2 * (WHOLE - ANCHOR):]

    def find(self, sound):
        """Sample at which it ends in the sound, or None. Looked for by its end, known by all of it: vowels are alike."""
        tail = sound[2 * (WHOLE - ANCHOR):]
        if len(tail) <= len(self.anchor):
            return None
        at, factor = audioop.findfit(tail, self.anchor)
        there = sound[2 * at:2 * at + len(self.whole)]
        if not 0.2 < factor < 5:
            return None
        rest = audioop.add(there, audioop.mul(self.whole, 2, -factor), 2)
        return at + WHOLE if audioop.rms(rest, 2) < LIKE * audioop.rms(there, 2) else None


def load_clips(exchange):
    named = exchange.setting("clips", {})
    if isinstance(named, str):
        named = {name[:-4]: os.path.join(named, name) for name in sorted(os.listdir(named)) if name.endswith(".wav")}
    cache = exchange.standin.__dict__.setdefault("clip_cache", {})
    for word, path in named.items():
        if path not in cache:
            cache[path] = Clip(word, path)
    return [cache[path] for path in named.values()]


def record(exchange):
    folder = exchange.setting("record")
    if not folder:
        return None
    file = wave.open(os.path.join(folder, f"{exchange.kind}-{exchange.number}.wav"), "wb")
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(RATE)
    return file


class Hearing:
    def __init__(self, exchange):
        self.clips = load_clips(exchange)
        self.texts = exchange.setting("words", [""])
        self.voice_rms = exchange.setting("voice_rms", 250)
        self.turn, self.samples, self.voiced_ms, self.silence_ms, self.rest = 0, 0, 0, 0, b""
        self.words, self.began, self.window, self.window_at = [], None, b"", 0
        self.not_before = {}
        self.record = record(exchange)

    def feed(self, linear):
        """True when the words or the voice changed."""
        before = (len(self.words), self.began is None)
        self.rest += linear
        if self.record:
            self.record.writeframes(linear)
        while len(self.rest) >= FRAME:
            self.frame(self.rest[:FRAME])
            self.rest = self.rest[FRAME:]
        return before != (len(self.words), self.began is None)

    def frame(self, frame):
        voiced = audioop.rms(frame, 2) > self.voice_rms
        self.samples += len(frame) // 2
        self.silence_ms = 0 if voiced else self.silence_ms + 20
        if voiced:
            self.voiced_ms += 20
            if self.began is None:
                self.began = self.now()
        if self.clips:
            self.look(frame, voiced)
        elif voiced:
            text = self.texts[self.turn % len(self.texts)].split()
            if len(self.words) < len(text) and self.voiced_ms >= WORD_MS * (len(self.words) + 1):
                self.put(text[len(self.words)], self.now() - WORD_MS / 1000)

    def look(self, frame, voiced):
        self.window += frame
        if len(self.window) < 2 * WHOLE + 2 * FRAME:
            return
        for clip in self.clips if voiced or self.silence_ms < 200 else []:
            end = clip.find(self.window)
            at = end and self.window_at + end
            if at and at >= self.not_before.get(clip.word, 0):
                self.not_before[clip.word] = at + ANCHOR
                self.put(clip.word, at / RATE - 0.2)
        cut = len(self.window) - 2 * WHOLE
        self.window, self.window_at = self.window[cut:], self.window_at + cut // 2

    def now(self):
        return self.samples / RATE

    def put(self, word, start):
        self.words.append({"word": word, "start": round(max(0, start), 3), "end": round(self.now(), 3), "confidence": 0.97})

    def text(self):
        return " ".join(word["word"] for word in self.words)

    def flush(self):
        """The scripted turn is whole when any voice came: a recogniser knows the words once they are over."""
        if not self.clips and self.voiced_ms > 0:
            for word in self.texts[self.turn % len(self.texts)].split()[len(self.words):]:
                self.put(word, self.now())

    def finish(self):
        """The words of the turn, which is over."""
        self.flush()
        words, self.words = self.words, []
        self.turn += 1 if self.voiced_ms > 0 else 0
        self.voiced_ms, self.began = 0, None
        return words
