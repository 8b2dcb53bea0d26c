#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""listening_fit.py BANDS WORK CLIPS [FOLDS CLIPS...]: fits the network of src/speech/listening.c and prints listening_fit.h.

BANDS: the program tests/bench/listening_bands; WORK: a directory for what it writes; CLIPS: of listening_clips.py. With FOLDS, and directories of
labelled clips (interruption_clips), prints instead what networks make of those whose speakers they have not heard, one for each part of the speakers:
dB of noise, name, odds. Needs numpy; ten minutes a network on one core. The same numbers come from the same clips and the same numpy alone.
"""
import glob
import os
import re
import subprocess
import sys
import zlib

import numpy as np

STEPS, BANDS, KERNEL, STRIDE, FIRST, SECOND, HIDDEN = 60, 20, 5, 2, 24, 24, 16
NOISES, EPOCHS, BATCH, RATE, DECAY, DROP = (0, 20), 100, 192, 3e-3, 2e-4, 0.3
LONGEST_MS, REAL_WEIGHT, SEED = 1200, 4.0, 4


def windows(steps):
    return np.arange((steps - KERNEL) // STRIDE + 1)[:, None] * STRIDE + np.arange(KERNEL)


def normalise(bands):
    return (np.maximum(bands - bands.max(axis=(1, 2), keepdims=True), -50) / 50 + 1).astype(np.float32)


class Net:
    def __init__(self, seed):
        random = np.random.default_rng(seed)
        self.one, self.two = windows(STEPS), windows(len(windows(STEPS)))
        shapes = (KERNEL * BANDS, FIRST), (KERNEL * FIRST, SECOND), (len(self.two) * SECOND, HIDDEN), (HIDDEN, 1)
        self.own = []
        for inputs, outputs in shapes:
            self.own += [(random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32), np.zeros(outputs, np.float32)]
        self.mean, self.square, self.steps = [np.zeros_like(w) for w in self.own], [np.zeros_like(w) for w in self.own], 0

    def forward(self, x, random=None):
        w1, b1, w2, b2, w3, b3, w4, b4 = self.own
        count = len(x)
        in1 = x[:, self.one].reshape(count, len(self.one), -1)
        out1 = np.maximum(in1 @ w1 + b1, 0)
        in2 = out1[:, self.two].reshape(count, len(self.two), -1)
        out2 = np.maximum(in2 @ w2 + b2, 0)
        kept = np.ones(1, np.float32) if random is None else (random.random((count, out2[0].size)) > DROP).astype(np.float32) / (1 - DROP)
        in3 = out2.reshape(count, -1) * kept
        out3 = np.maximum(in3 @ w3 + b3, 0)
        self.past = in1, out1, in2, out2, kept, in3, out3
        return (out3 @ w4 + b4)[:, 0]

    def gradients(self, error):
        in1, out1, in2, out2, kept, in3, out3 = self.past
        d4 = error[:, None]
        d3 = (d4 @ self.own[6].T) * (out3 > 0)
        d2 = ((d3 @ self.own[4].T) * kept).reshape(out2.shape) * (out2 > 0)
        back = (d2 @ self.own[2].T).reshape(len(error), len(self.two), KERNEL, FIRST)
        d1 = np.zeros_like(out1)
        for k in range(KERNEL):
            d1[:, k:k + STRIDE * len(self.two):STRIDE] += back[:, :, k]
        d1 *= out1 > 0
        flat = [(in1, d1), (in2, d2), (in3, d3), (out3, d4)]
        flat = [(a.reshape(-1, a.shape[-1]), d.reshape(-1, d.shape[-1])) for a, d in flat]
        return [g for a, d in flat for g in (a.T @ d, d.sum(0))]

    def learn(self, x, label, weight, rate, random): # Adam.
        odds = self.forward(x, random)
        error = ((1 / (1 + np.exp(-odds)) - label) * weight / len(label)).astype(np.float32)
        self.steps += 1
        for i, gradient in enumerate(self.gradients(error)):
            gradient = gradient + DECAY * self.own[i]
            self.mean[i] = 0.9 * self.mean[i] + 0.1 * gradient
            self.square[i] = 0.999 * self.square[i] + 0.001 * gradient * gradient
            mean, square = self.mean[i] / (1 - 0.9 ** self.steps), self.square[i] / (1 - 0.999 ** self.steps)
            self.own[i] = self.own[i] - (rate * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)


def vary(x, random): # The gate opens a little earlier or later, other telephones.
    out, shift = np.empty_like(x), random.integers(-2, 3, len(x))
    for i, by in enumerate(shift):
        out[i] = np.roll(x[i], by, axis=0)
    out[:, :2] = np.where((shift > 0)[:, None, None], x[:, :2], out[:, :2])
    tilt = random.standard_normal((len(x), 1, 1)) * 3 * np.linspace(-1, 1, BANDS)[None, None] + random.standard_normal((len(x), 1, BANDS))
    return normalise(out + tilt.astype(np.float32))


def train(x, label, weight, seed):
    random, net, step = np.random.default_rng(seed), Net(seed), 0
    steps = EPOCHS * (len(x) // BATCH)
    for _ in range(EPOCHS):
        order = random.permutation(len(x))
        for at in range(0, len(x) - BATCH + 1, BATCH):
            some = order[at:at + BATCH]
            net.learn(vary(x[some], random), label[some], weight[some], RATE * (1 - step / steps) + 1e-5, random)
            step += 1
    return net


def read(program, work, clips, noise):
    base = os.path.join(work, os.path.basename(clips.rstrip("/")) + f"-{noise}")
    names, paths = [], sorted(glob.glob(clips + "/*.wav"))
    with open(base + ".bin", "wb") as whole:
        for at in range(0, len(paths), 500):
            out = subprocess.run([program, base + ".part", str(noise)] + paths[at:at + 500], check=True, capture_output=True, text=True).stdout
            names += [os.path.basename(line)[:-4] for line in out.splitlines()]
            with open(base + ".part", "rb") as part:
                whole.write(part.read())
    data = np.fromfile(base + ".bin", dtype=np.float32).reshape(len(names), 1 + STEPS * BANDS)
    return names, data[:, 0], data[:, 1:].reshape(-1, STEPS, BANDS)


def speaker(name): # Of a labelled clip, as listening_clips.py names its own.
    _, kind, source, how = name.split("-", 3)
    for pattern, prefix in ((r"(slt|rms|awb|kal16|kal)_", "fl"), (r"cmu_us_(slt)", "fl"), (r"en_(?:us|029|gb(?:_scotland|_x_rp)?)_([fm]\d)_", "es"),
                            (r"(Default_uk|Default_pl|Default|British|Pirate|Singer)", "hw"), (r"([a-z]{2}(?:_BR)?)_(?:alpha|syllab)", "kl"),
                            (r"(da|lt)_tux", "kt"), (r"(household)", "noise")):
        found = re.match(pattern, how)
        if found:
            return prefix + found[1]
    if kind in ("cough", "click", "noise"):
        return f"{kind}{zlib.crc32(name.encode()) % 5}"
    return "nl" if "_nl_" in how else "kten" if how.startswith("en_") and source == "recorded" else "allison" if source == "recorded" else "es"


def gather(program, work, clips):
    x, label, voices = [], [], []
    for noise in NOISES:
        names, ms, bands = read(program, work, clips, noise)
        for i, name in enumerate(names):
            if ms[i] <= LONGEST_MS:
                x.append(bands[i])
                label.append(name.startswith("pos"))
                voices.append(name.split("-")[1])
    label = np.array(label, np.float32)
    real = np.array([not voice.startswith(("es", "fl", "cough")) for voice in voices])
    weight = np.where(real & (label == 1), REAL_WEIGHT, 1.0)
    weight[label == 1] *= weight[label == 0].sum() / weight[label == 1].sum()
    return np.stack(x), label, (weight / weight.mean()).astype(np.float32), voices


def part_of(voice, parts):
    return zlib.crc32(voice.encode()) % parts


def whole(values, digits):
    text = ", ".join(f"{value:.{digits}f}f" if digits else str(int(value)) for value in values)
    return re.sub(r"(.{1,110}),( |$)", r"    \1,\n", text + ", ").rstrip()


def header(net):
    print("""// SPDX-License-Identifier: Apache-2.0
/* listening_fit.h - the numbers behind listening.c; data, not code: tests/bench/listening_fit.py wrote it. */
#ifndef SPEECH_LISTENING_FIT_H
#define SPEECH_LISTENING_FIT_H

#include <stdint.h>
""")
    print(f"enum {{\n    FIT_BANDS = {BANDS},\n    FIT_KERNEL = {KERNEL},\n    FIT_FIRST = {FIRST},\n    FIT_SECOND = {SECOND},\n"
          f"    FIT_ALL = {net.own[4].shape[0]},\n    FIT_HIDDEN = {HIDDEN}\n}};\n\n// clang-format off")
    for i, name in enumerate(("first", "second", "hidden")):
        weights, bias = net.own[2 * i], net.own[2 * i + 1]
        scale = np.abs(weights).max() / 127
        print(f"\nstatic const float fit_{name}_scale = {scale:.8f}f;")
        print(f"static const float fit_{name}_bias[{len(bias)}] = {{\n{whole(bias, 5)}\n}};")
        print(f"static const int8_t fit_{name}[{weights.size}] = {{\n{whole(np.rint(weights / scale).ravel(), 0)}\n}};")
    print(f"\nstatic const float fit_last[{HIDDEN}] = {{\n{whole(net.own[6].ravel(), 5)}\n}};")
    print(f"static const float fit_last_bias = {net.own[7][0]:.5f}f;\n\n// clang-format on\n\n#endif")


def main():
    program, work, clips = sys.argv[1:4]
    x, label, weight, voices = gather(program, work, clips)
    if len(sys.argv) == 4:
        header(train(x, label, weight, SEED))
        return
    parts = int(sys.argv[4])
    own = np.array([part_of(voice, parts) for voice in voices])
    nets = [train(x[own != i], label[own != i], weight[own != i], SEED + i) for i in range(parts)]
    for directory in sys.argv[5:]:
        for noise in NOISES:
            names, _, bands = read(program, work, directory, noise)
            for i, name in enumerate(names):
                print(noise, name, round(float(nets[part_of(speaker(name), parts)].forward(normalise(bands[i:i + 1]))[0]), 3), sep="\t")


main()
