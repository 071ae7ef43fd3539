/* name=value arguments */
#include "load.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *ports, *path = "/", *people, *origin = "", *protocol = "", *hello = "", *open_frame = "", *ready_text = "",
            *send_frame = "", *marker = "Message ", *ack = "", *pids = "", *stores = "";
double sockets = 1, senders = 1, window = 1, rate = 0, seconds = 1, warm = 0, most = MAX_MESSAGES, settle = 0.5,
              outstanding = 64, stalled = 0, padding = 0, cut = 0, jitter = 0.5, give_up = 10, patience = 5,
              limit = 120;

static struct {
    const char *name;
    char **text;
    double *number;
} settings[] = {
    {"ports", &ports, 0},        /* socket i goes to the i-th of these, and around again */
    {"path", &path, 0},          /* %R: the socket's room */
    {"people", &people, 0},      /* a file, a line a socket: its room, and its cookie header or - */
    {"origin", &origin, 0},
    {"protocol", &protocol, 0},
    {"hello", &hello, 0},        /* the text of the frame after which `open` is sent; none: at once */
    {"open", &open_frame, 0},    /* %R room, %C cursor (after `cut`) */
    {"ready", &ready_text, 0},   /* the text of the frame that makes a socket ready; none: the handshake does */
    {"send", &send_frame, 0},    /* %R room, %B body, %N number, %U a fresh UUID */
    {"marker", &marker, 0},      /* what stands before a body, once a delivery */
    {"ack", &ack, 0},            /* how the frame begins that acknowledges a message to its sender */
    {"pids", &pids, 0},          /* the server's workers: their CPU and memory is reported */
    {"stores", &stores, 0},      /* databases and brokers: CPU with that of their children */
    {"sockets", 0, &sockets},
    {"senders", 0, &senders},    /* so many of the sockets send, in turn */
    {"window", 0, &window},      /* messages under way in the closed loop */
    {"rate", 0, &rate},          /* messages a second; 0: the closed loop */
    {"seconds", 0, &seconds},    /* how long messages are sent */
    {"warm", 0, &warm},          /* seconds of the same before, not counted */
    {"most", 0, &most},          /* messages at most */
    {"settle", 0, &settle},      /* seconds between readiness and the first message */
    {"outstanding", 0, &outstanding}, /* sockets connecting at the same time */
    {"stalled", 0, &stalled},    /* so many sockets, the last ones, stop reading when ready */
    {"padding", 0, &padding},    /* bytes after the mark in a body */
    {"cut", 0, &cut},            /* cut all but the first socket, send so many messages, have them come back */
    {"jitter", 0, &jitter},      /* bound of a cut socket's first wait; the others: up to half as long as it is away */
    {"give_up", 0, &give_up},    /* seconds without `hello` after which a cut socket tries again */
    {"patience", 0, &patience},  /* seconds without any delivery after which what is missing is lost */
    {"limit", 0, &limit},        /* seconds that anything may take */
};

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

void read_settings(int argument_count, char **arguments) {
    for (int i = 1; i < argument_count; i++) {
        char *value = strchr(arguments[i], '=');
        size_t known = sizeof settings / sizeof *settings, s = 0;
        if (!value) die("%s is no setting", arguments[i]);
        *value++ = 0;
        while (s < known && strcmp(settings[s].name, arguments[i])) s++;
        if (s == known) die("there is no setting %s", arguments[i]);
        if (settings[s].text) *settings[s].text = value;
        else *settings[s].number = atof(value);
    }
    if (!ports || !people) die("ports and people are needed");
    if (sockets < 1 || sockets > MAX_SOCKETS || senders < 1 || senders > sockets || most > MAX_MESSAGES)
        die("at most %d sockets, as many senders, and %d messages", MAX_SOCKETS, MAX_MESSAGES);
}
