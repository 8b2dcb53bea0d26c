// SPDX-License-Identifier: Apache-2.0
/* limits.h - every bound of the product in one place, each with its reason. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
    MAX_CALLS = 8192,         /* Twice what one core's media can carry; slots fit 13 bits. */
    MAX_SPARE_LEGS = 4096,    /* Second legs at once, of calls that are forwarded or transferred. */
    MAX_TRUNKS = 64,          /* Scanned linearly for each new call. */
    MAX_TRUNK_SOURCES = 256,  /* Address ranges over all trunks; scanned linearly, 1 us. */
    MAX_USERS = 256,          /* Telephones with a password; scanned linearly for each registration. */
    MAX_BINDINGS = 256,       /* Where telephones are; half a KB each in the core. */
    MAX_OPERATORS = 256,      /* People; scanned linearly when a caller waits for one. */
    MAX_QUEUES = 64,          /* A bit each of what an operator serves. */
    MAX_SKILLS = 32,          /* Of one plan; a bit each of what a queue asks for. */
    MAX_AGENTS = 64,          /* Voice agents of one plan. */
    MAX_PHRASES = 64,         /* Of one kind, of an agent's own. */
    MAX_INTENTS = 32,         /* Of one agent: more cannot be told apart by voice. */
    MAX_ROUTES = 256,         /* Numbers of one plan; scanned linearly for each new call. */
    MAX_PLANS = 8,            /* Generations of configuration alive at once: reloads while old calls last. */
    MAX_KEYS = 16,            /* 0-9 * # A-D (RFC 4733 table 3). */
    MAX_PROVIDERS = 32,       /* Speech and language providers of one plan; scanned linearly. */
    MAX_CHAIN = 4,            /* Providers tried one after the other, before the embedded one; */
    MAX_CONVERSE = 2,         /* before them, those that hear, think and speak in one. */
    MAX_TOOLS = 16,           /* Of one agent: models choose badly among more. */
    MAX_HOOKS = 16,           /* Who is told of events; each has its own queue. */
    MAX_FACTS_MAPPED = 24,    /* Of a lookup's answer: they must fit MAX_ENTITIES. */
    MAX_EXPECTED = 8,         /* Statuses of HTTP that a connector takes for done. */
    MAX_RESTS = 16,           /* Between attempts to tell one. */
    MAX_HOURS = 64,           /* Opening hours by name. */
    MAX_OPENINGS = 64,        /* Of one of them: a few a day of the week. */
    MAX_HOLIDAYS = 512,       /* Of one of them: fifteen a year, written years ahead. */
    MAX_VIPS = 32,            /* Lists of numbers that have a priority; scanned linearly for each call. */
    MAX_CALLBACKS = 1024,     /* Promises open at once: places in queues beside the callers'. */
    MAX_RECOGNISERS = 64,     /* Calls listened to by an embedded recogniser at once; about eight a core. */
    MAX_RINGS = 2112,         /* With those listened to by providers: twice what two cores are to carry. */

    MAX_NAME = 64,            /* Names people give: agents, intents, trunks. */
    MAX_UTTERANCE = 1024,     /* Text of one caller turn or one agent utterance, bytes. */
    MAX_ENTITIES = 512,       /* "key=value" lines found in one call, bytes. */
    MAX_SDP = 4096,           /* A session description; the longest real ones are under 2,000 bytes. */
    MAX_HEADERS = 2048,       /* X-* headers of one INVITE, "Name: value" lines. */
    MAX_ARGUMENTS = 2048,     /* JSON that a model gives to a tool, bytes. */
    MAX_SCHEMA = 4096,        /* JSON schema of one tool's arguments, bytes. */
    MAX_RESULT = 4096,        /* What a tool gives back to the model; what is over it is cut. */
    MAX_FACTS = 2048,         /* "key=value" lines that a model is told of the call. */
    MAX_PACKED = 12288,       /* One event or command on its way: the longest is an INVITE. */

    FRAME_MS = 20,            /* The tick of all sound. */
    FRAME_SAMPLES = 160,      /* 8 kHz. */
    SAMPLE_RATE = 8000
};

#endif
