// SPDX-License-Identifier: Apache-2.0
/* onnx.c - the few entries of ONNX Runtime's C interface that we need, by their place in its table.
 *
 * The interface is a table of functions that only grows; version 13 of it is asked for, and every
 * later library still gives it (onnxruntime_c_api.h, struct OrtApi). Debian 12 has no header. */
#include "speech/onnx.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { API_VERSION = 13 };

/* Places in struct OrtApi. */
enum {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION = 7,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    DISABLE_MEM_PATTERN = 17,
    DISABLE_CPU_MEM_ARENA = 19,
    SET_SESSION_LOG_SEVERITY = 22,
    SET_INTRA_OP_THREADS = 24,
    SET_INTER_OP_THREADS = 25,
    CREATE_TENSOR_WITH_DATA = 49,
    CREATE_CPU_MEMORY_INFO = 69,
    RELEASE_ENV = 92,
    RELEASE_STATUS = 93,
    RELEASE_MEMORY_INFO = 94,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_SESSION_OPTIONS = 100
};

enum {
    LOG_FATAL_ONLY = 4,
    ELEMENT_FLOAT = 1,
    ELEMENT_INT64 = 7,
    DEVICE_ALLOCATOR = 0,
    MEM_DEFAULT = 0
};

typedef void (*entry)(void);
typedef void *status; /* NULL: well. Otherwise to be released. */

/* The two entries of OrtApiBase. */
struct api_base {
    const entry *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

enum { INPUTS = 3, OUTPUTS = 2 };

struct onnx {
    void *library;
    const entry *api;
    void *env, *options, *session, *memory;
    void *inputs[INPUTS], *outputs[OUTPUTS];
    float samples[ONNX_SAMPLES], state[ONNX_STATE], next_state[ONNX_STATE], probability;
    int64_t rate;
};

/* True when the call went well; otherwise its message is kept in why, if there is one. */
static bool well(const struct onnx *onnx, status result, char *why, uint32_t why_size)
{
    if (!result)
        return true;
    if (why)
        snprintf(why, why_size, "%s",
                 ((const char *(*)(status))onnx->api[GET_ERROR_MESSAGE])(result));
    ((void (*)(status))onnx->api[RELEASE_STATUS])(result);
    return false;
}

static int load(struct onnx *onnx, const char *runtime, char *why, uint32_t why_size)
{
    union {
        void *object;
        const struct api_base *(*function)(void);
    } symbol;

    onnx->library = dlopen(runtime, RTLD_NOW | RTLD_LOCAL);
    if (!onnx->library) {
        snprintf(why, why_size, "%s", dlerror());
        return -ENOENT;
    }
    symbol.object = dlsym(onnx->library, "OrtGetApiBase");
    onnx->api = symbol.object ? symbol.function()->get_api(API_VERSION) : NULL;
    if (!onnx->api)
        snprintf(why, why_size, "%s does not have version %d of its interface", runtime,
                 API_VERSION);
    return onnx->api ? 0 : -EIO;
}

static bool open_session(struct onnx *onnx, const char *model, char *why, uint32_t size)
{
    const entry *api = onnx->api;

    if (!well(onnx,
              ((status(*)(int, const char *, void **))api[CREATE_ENV])(LOG_FATAL_ONLY, "offhook",
                                                                       &onnx->env),
              why, size) ||
        !well(onnx, ((status(*)(void **))api[CREATE_SESSION_OPTIONS])(&onnx->options), why, size))
        return false;
    status (*set_intra)(void *, int) = (status(*)(void *, int))api[SET_INTRA_OP_THREADS];
    status (*set_inter)(void *, int) = (status(*)(void *, int))api[SET_INTER_OP_THREADS];
    status (*set_log)(void *, int) = (status(*)(void *, int))api[SET_SESSION_LOG_SEVERITY];
    status (*no_arena)(void *) = (status(*)(void *))api[DISABLE_CPU_MEM_ARENA];
    status (*no_pattern)(void *) = (status(*)(void *))api[DISABLE_MEM_PATTERN];
    if (!well(onnx, set_intra(onnx->options, 1), why, size) ||
        !well(onnx, set_inter(onnx->options, 1), why, size) ||
        !well(onnx, set_log(onnx->options, LOG_FATAL_ONLY), why, size) ||
        !well(onnx, no_arena(onnx->options), why, size) ||
        !well(onnx, no_pattern(onnx->options), why, size))
        return false;
    status (*create)(void *, const char *, void *, void **) =
        (status(*)(void *, const char *, void *, void **))api[CREATE_SESSION];
    status (*memory)(int, int, void **) = (status(*)(int, int, void **))api[CREATE_CPU_MEMORY_INFO];
    return well(onnx, create(onnx->env, model, onnx->options, &onnx->session), why, size) &&
           well(onnx, memory(DEVICE_ALLOCATOR, MEM_DEFAULT, &onnx->memory), why, size);
}

/* All tensors view our own buffers, for ever. */
static bool make_tensors(struct onnx *onnx, char *why, uint32_t size)
{
    static const int64_t samples[] = {1, ONNX_SAMPLES}, state[] = {2, 1, 128}, one[] = {1, 1};
    const struct {
        void **out, *data;
        size_t bytes, dimensions;
        const int64_t *shape;
        int type;
    } tensors[] = {
        {&onnx->inputs[0], onnx->samples, sizeof(onnx->samples), 2, samples, ELEMENT_FLOAT},
        {&onnx->inputs[1], onnx->state, sizeof(onnx->state), 3, state, ELEMENT_FLOAT},
        {&onnx->inputs[2], &onnx->rate, sizeof(onnx->rate), 0, one, ELEMENT_INT64},
        {&onnx->outputs[0], &onnx->probability, sizeof(onnx->probability), 2, one, ELEMENT_FLOAT},
        {&onnx->outputs[1], onnx->next_state, sizeof(onnx->next_state), 3, state, ELEMENT_FLOAT},
    };
    status (*create)(void *, void *, size_t, const int64_t *, size_t, int, void **) =
        (status(*)(void *, void *, size_t, const int64_t *, size_t, int,
                   void **))onnx->api[CREATE_TENSOR_WITH_DATA];

    for (size_t i = 0; i < sizeof(tensors) / sizeof(tensors[0]); i++) {
        if (!well(onnx,
                  create(onnx->memory, tensors[i].data, tensors[i].bytes, tensors[i].shape,
                         tensors[i].dimensions, tensors[i].type, tensors[i].out),
                  why, size))
            return false;
    }
    return true;
}

static bool run(struct onnx *onnx, char *why, uint32_t why_size)
{
    static const char *const inputs[] = {"input", "state", "sr"};
    static const char *const outputs[] = {"output", "stateN"};
    status (*run_session)(void *, const void *, const char *const *, void *const *, size_t,
                          const char *const *, size_t, void **) =
        (status(*)(void *, const void *, const char *const *, void *const *, size_t,
                   const char *const *, size_t, void **))onnx->api[RUN];

    return well(onnx,
                run_session(onnx->session, NULL, inputs, onnx->inputs, INPUTS, outputs, OUTPUTS,
                            onnx->outputs),
                why, why_size);
}

int onnx_open(struct onnx **out, const char *runtime, const char *model, char *why,
              uint32_t why_size)
{
    struct onnx *onnx = NULL;
    int result = access(model, R_OK) < 0 ? -ENOENT : 0;

    if (result < 0) {
        snprintf(why, why_size, "%s is not there", model);
        return result;
    }
    onnx = calloc(1, sizeof(*onnx));
    if (!onnx)
        return -ENOMEM;
    onnx->rate = 8000;
    result = load(onnx, runtime, why, why_size);
    if (result == 0 && (!open_session(onnx, model, why, why_size) ||
                        !make_tensors(onnx, why, why_size) || !run(onnx, why, why_size)))
        result = -EIO;
    if (result < 0)
        onnx_close(onnx);
    else
        *out = onnx;
    return result;
}

static void release(struct onnx *onnx, int place, void *object)
{
    if (object)
        ((void (*)(void *))onnx->api[place])(object);
}

/* The library stays loaded: unloading it is not supported. */
void onnx_close(struct onnx *onnx)
{
    if (!onnx)
        return;
    for (int i = 0; i < INPUTS; i++)
        release(onnx, RELEASE_VALUE, onnx->inputs[i]);
    for (int i = 0; i < OUTPUTS; i++)
        release(onnx, RELEASE_VALUE, onnx->outputs[i]);
    release(onnx, RELEASE_MEMORY_INFO, onnx->memory);
    release(onnx, RELEASE_SESSION, onnx->session);
    release(onnx, RELEASE_SESSION_OPTIONS, onnx->options);
    release(onnx, RELEASE_ENV, onnx->env);
    free(onnx);
}

float onnx_run(struct onnx *onnx, const float samples[ONNX_SAMPLES], float state[ONNX_STATE])
{
    memcpy(onnx->samples, samples, sizeof(onnx->samples));
    memcpy(onnx->state, state, sizeof(onnx->state));
    if (!run(onnx, NULL, 0))
        return -1;
    memcpy(state, onnx->next_state, sizeof(onnx->next_state));
    return onnx->probability;
}
