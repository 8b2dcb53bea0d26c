// SPDX-License-Identifier: Apache-2.0
/* plot.c - scales, grids and lines. */
#include "load/plot.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* LETTER: of axes, at most. */
static const double LETTER = 7;
static const double WIDTH = 480, HEIGHT = 190, LEFT = 56, RIGHT = 12, TOP = 30, BOTTOM = 26;
enum { STEPS_Y = 4, STEPS_X = 6 };

struct scale {
    double x_from, x_to, y_to, x_step, y_step;
};

void plot_escape(const char *words, FILE *out)
{
    for (; *words; words++) {
        switch (*words) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*words, out);
        }
    }
}

double plot_step(double most, uint32_t steps)
{
    double least = most / steps, unit;

    if (!(most > 0) || !isfinite(most))
        return 1;
    unit = pow(10, floor(log10(least)));
    if (least <= unit * 1.000001)
        return unit;
    if (least <= 2 * unit)
        return 2 * unit;
    return least <= 5 * unit ? 5 * unit : 10 * unit;
}

static struct scale scale_of(const struct plot *plot)
{
    struct scale scale = {.y_to = plot->mark * 1.1};

    for (uint32_t i = 0; i < plot->count; i++) {
        for (uint32_t l = 0; l < PLOT_LINES && plot->lines[l].name; l++) {
            double value = plot->lines[l].value(plot->rows, i);
            if (isfinite(value) && value > scale.y_to)
                scale.y_to = value;
        }
    }
    if (plot->count > 0) {
        scale.x_from = plot->x(plot->rows, 0);
        scale.x_to = plot->x(plot->rows, plot->count - 1);
    }
    if (scale.x_to <= scale.x_from)
        scale.x_to = scale.x_from + 1;
    scale.y_step = plot_step(scale.y_to, STEPS_Y);
    scale.y_to = scale.y_step * fmax(1, ceil(scale.y_to / scale.y_step - 1e-9));
    scale.x_step = plot_step(scale.x_to - scale.x_from, STEPS_X);
    return scale;
}

static double at_x(const struct scale *scale, double x)
{
    return LEFT + (x - scale->x_from) / (scale->x_to - scale->x_from) * (WIDTH - LEFT - RIGHT);
}

static double at_y(const struct scale *scale, double y)
{
    return HEIGHT - BOTTOM - y / scale->y_to * (HEIGHT - TOP - BOTTOM);
}

static void write_grid(const struct plot *plot, const struct scale *scale, FILE *out)
{
    for (double y = 0; y <= scale->y_to * 1.0001; y += scale->y_step) {
        double at = at_y(scale, y);
        fprintf(out, "<path class=\"grid\" d=\"M%.0f %.1fH%.0f\"/>", LEFT, at, WIDTH - RIGHT);
        fprintf(out, "<text class=\"axis\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>",
                LEFT - 6, at + 4, y);
    }
    double x = ceil(scale->x_from / scale->x_step) * scale->x_step;
    double room = WIDTH - RIGHT - LETTER * ((double)strlen(plot->x_unit) + 1); /* The unit's. */
    for (; x <= scale->x_to * 1.0001; x += scale->x_step) {
        char number[32];
        double half = LETTER / 2 * snprintf(number, sizeof number, "%.6g", x);
        if (at_x(scale, x) + half <= room)
            fprintf(out,
                    "<text class=\"axis\" x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>",
                    at_x(scale, x), HEIGHT - 8, number);
    }
    fprintf(out, "<text class=\"axis\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%s</text>",
            WIDTH - RIGHT, HEIGHT - 8, plot->x_unit);
    if (plot->mark > 0)
        fprintf(out, "<path class=\"mark\" d=\"M%.0f %.1fH%.0f\"/>", LEFT, at_y(scale, plot->mark),
                WIDTH - RIGHT);
}

/* The highest of a group stands for it: peaks must not be thinned away. */
static double highest(const struct plot *plot, const struct plot_line *line, uint32_t from,
                      uint32_t group, uint32_t *where)
{
    double best = (double)NAN;

    for (uint32_t i = from; i < from + group && i < plot->count; i++) {
        double value = line->value(plot->rows, i);
        if (isfinite(value) && !(value <= best)) {
            best = value;
            *where = i;
        }
    }
    return best;
}

static void write_line(const struct plot *plot, const struct scale *scale, uint32_t number,
                       FILE *out)
{
    const struct plot_line *line = &plot->lines[number];
    uint32_t group = plot->count / PLOT_POINTS + 1, where = 0;
    bool drawing = false;

    fprintf(out, "<path class=\"line s%u\" d=\"", number);
    for (uint32_t i = 0; i < plot->count; i += group) {
        double value = highest(plot, line, i, group, &where);
        if (!isfinite(value)) {
            drawing = false;
            continue;
        }
        fprintf(out, "%c%.1f %.1f%s", drawing ? 'L' : 'M', at_x(scale, plot->x(plot->rows, where)),
                at_y(scale, value), drawing ? "" : "h0"); /* Alone it is a dot. */
        drawing = true;
    }
    fputs("\"/>", out);
}

static void write_legend(const struct plot *plot, FILE *out)
{
    double x = LEFT;

    for (uint32_t i = 0; i < PLOT_LINES && plot->lines[i].name; i++) {
        const char *name = plot->lines[i].name;
        uint32_t letters = 0;
        while (name[letters])
            letters++;
        fprintf(out,
                "<path class=\"line s%u\" d=\"M%.0f 20h14\"/><text class=\"legend\" x=\"%.0f\" "
                "y=\"24\">%s</text>",
                i, x, x + 18, name);
        x += 34 + 7.0 * letters;
    }
}

void plot_write(const struct plot *plot, FILE *out)
{
    struct scale scale = scale_of(plot);

    fputs("<figure><figcaption>", out);
    plot_escape(plot->title, out);
    fprintf(out, " <span>%s</span></figcaption><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">",
            plot->unit, WIDTH, HEIGHT);
    write_grid(plot, &scale, out);
    for (uint32_t i = 0; i < PLOT_LINES && plot->lines[i].name; i++)
        write_line(plot, &scale, i, out);
    write_legend(plot, out);
    fputs("</svg></figure>\n", out);
}
