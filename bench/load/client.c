/* One WebSocket: the handshake, frames, and what is made of a text. */
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

enum { MAX_PORTS = 64, EVENTS = 1024 };

#define SENT_AT ", sent at "

static void put(int fd, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size) {
        ssize_t taken = send(fd, at, size, MSG_NOSIGNAL);
        if (taken < 0 && errno == EAGAIN) {
            struct pollfd writable = {fd, POLLOUT, 0};
            if (poll(&writable, 1, 1000) > 0) continue;
        }
        if (taken < 0) return; /* what is missing shows as lost, or the close is read */
        at += taken, size -= taken;
    }
}

static void put_frame(int fd, int opcode, const char *text, size_t size) {
    static unsigned char frame[1 << 17];
    size_t head = size < 126 ? 2 : 4;
    if (size > 65535) die("a frame of %zu bytes", size);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (size < 126 ? size : 126);
    if (head == 4) frame[2] = size >> 8, frame[3] = size;
    memset(frame + head, 0, 4); /* the mask */
    memcpy(frame + head + 4, text, size);
    put(fd, frame, head + 4 + size);
}

static size_t fill(char *out, size_t space, const char *template, const struct client *client, uint64_t number) {
    char *at = out, *end = out + space - 200 - (size_t)padding;
    for (const char *from = template; *from && at < end; from++) {
        if (*from != '%') {
            *at++ = *from;
            continue;
        }
        uint16_t random[8];
        switch (*++from) {
        case 'R': at += sprintf(at, "%s", client->room); break;
        case 'N': at += sprintf(at, "%lu", number); break;
        case 'B':
            at += sprintf(at, "Message %lu" SENT_AT "%ld", number, nanoseconds());
            at += sprintf(at, number % 5 ? ", plain words, as most are. " : ", with *stress*, @names and `code`. ");
            memset(at, 'x', padding);
            at += (size_t)padding;
            break;
        case 'C':
            if (!client->epoch[0]) break;
            at += sprintf(at, ",\"since\":{\"epoch\":\"%s\",\"seq\":%ld}", client->epoch, client->seq);
            break;
        case 'U':
            if (getrandom(random, sizeof random, 0) != sizeof random) die("no random numbers");
            at += sprintf(at, "%04x%04x-%04x-4%03x-8%03x-%04x%04x%04x", random[0], random[1], random[2],
                          random[3] & 0xfff, random[4] & 0xfff, random[5], random[6], random[7]);
            break;
        default: die("%%%c in %s", *from, template);
        }
    }
    *at = 0;
    return at - out;
}

void lose(struct client *client, const char *why) {
    if (client->state == CONNECTING || client->state == SHAKING || client->state == OPENING) {
        failed_connects++, connecting--;
        if (!first_failure[0]) snprintf(first_failure, sizeof first_failure, "%.150s", why);
    }
    if (client->state == READY) ready_count--;
    if (client->state != GONE) closes++;
    close(client->fd);
    client->kept_bytes = 0;
    client->state = GONE;
}

void connect_to(struct client *client) {
    static int port[MAX_PORTS], port_count;
    if (!port_count)
        for (char *at = ports; *at && port_count < MAX_PORTS; at += *at == ',')
            port[port_count++] = strtol(at, &at, 10);
    int index = client - all, one = 1;
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    to.sin_port = htons(port[index % port_count]);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index / 10000); /* more than one address has ports for */
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(client->fd, (void *)&from, sizeof from)) die("bind: %s", strerror(errno));
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (index >= count - stalled) setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &(int){16384}, sizeof(int));
    client->state = CONNECTING, connecting++;
    client->opened = 0;
    client->due = clock_seconds();
    if (connect(client->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return lose(client, strerror(errno));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = index};
    epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event);
}

void send_text(struct client *client, const char *template, uint64_t number) {
    static char text[1 << 16];
    put_frame(client->fd, 1, text, fill(text, sizeof text, template, client, number));
}

static void begin(struct client *client) {
    client->opened = 1;
    if (*open_frame) send_text(client, open_frame, 0);
}

static void become_ready(struct client *client) {
    client->state = READY;
    client->due = clock_seconds();
    client->asleep = client - all >= count - stalled;
    connecting--, ready_count++;
    if (client->asleep) epoll_ctl(poller, EPOLL_CTL_DEL, client->fd, 0);
}

static void shake(struct client *client) {
    char path_text[512], request[4096];
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return lose(client, strerror(error));
    fill(path_text, sizeof path_text + (size_t)padding, path, client, 0);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", path_text);
    const char *fields[][2] = {{"Origin", origin}, {"Sec-WebSocket-Protocol", protocol}, {"Cookie", client->cookie}};
    for (int i = 0; i < 3; i++)
        if (*fields[i][1])
            length += snprintf(request + length, sizeof request - length, "%s: %s\r\n", fields[i][0], fields[i][1]);
    length += snprintf(request + length, sizeof request - length, "\r\n");
    client->state = SHAKING;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = client - all};
    epoll_ctl(poller, EPOLL_CTL_MOD, client->fd, &event);
    put(client->fd, request, length);
}

static int begins(const unsigned char *text, size_t size, const char *with) {
    size_t wanted = strlen(with);
    return *with && size >= wanted && !memcmp(text, with, wanted);
}

static int holds(const unsigned char *text, size_t size, const char *what) {
    return memmem(text, size, what, strlen(what)) != 0;
}

static void arrived(struct client *client, const unsigned char *body, int is_ack) {
    char *end;
    uint64_t number = strtoull((const char *)body, &end, 10);
    if (strncmp(end, SENT_AT, strlen(SENT_AT)) || number >= sent) return; /* of an earlier run, in somebody's history */
    int64_t late = nanoseconds() - strtoll(end + strlen(SENT_AT), &end, 10);
    struct message *message = &messages[number];
    if (is_ack) {
        acks++;
        record(&acked, late);
    } else if (client->asleep) {
        return;
    } else {
        client->received++, delivered++;
        client->order = client->order * 1000003 + number + 1;
        record(message->sender == client - all ? &to_self : &to_others, late);
    }
    if (--message->missing == 0) done++;
    progress_at = clock_seconds();
}

/* The reply that opens a room says where it stands; only a resume needs that. */
static void keep_cursor(struct client *client, const unsigned char *text, size_t size) {
    const char *epoch = memmem(text, size, "\"epoch\":\"", 9), *head = memmem(text, size, "\"changes\":", 10);
    if (!epoch || !head) return;
    sscanf(epoch + 9, "%47[0-9a-f]", client->epoch);
    const char *at = memmem(epoch, head - epoch, "\"head\":", 7);
    if (at) client->seq = strtol(at + 7, 0, 10);
}

static void text_frame(struct client *client, unsigned char *text, size_t size) {
    unsigned char after = text[size]; /* of the next frame; a NUL here ends every number and search */
    text[size] = 0;
    if (client->state == OPENING) {
        if (!client->opened && holds(text, size, hello)) begin(client);
        if (*ready_text && holds(text, size, ready_text)) {
            if (cut) keep_cursor(client, text, size);
            if (holds(text, size, "\"ok\":false")) die("cannot open: %.200s", text);
            become_ready(client);
        }
    }
    int is_ack = begins(text, size, ack);
    if (is_ack && holds(text, size, "\"ok\":false")) {
        refused++;
        if (!first_failure[0]) snprintf(first_failure, sizeof first_failure, "%.150s", text);
    }
    is_ack = is_ack && client->state == READY && !holds(text, size, "\"changes\":");
    size_t mark = strlen(marker);
    for (unsigned char *at = text; (at = memmem(at, text + size - at, marker, mark)); at += mark) {
        arrived(client, at + mark, is_ack);
        if (is_ack) break;
    }
    text[size] = after;
}

static void frame(struct client *client, int opcode, unsigned char *payload, size_t size) {
    if (opcode == 1 || opcode == 2) {
        text_frame(client, payload, size);
    } else if (opcode == 9) {
        put_frame(client->fd, 10, (char *)payload, size);
    } else if (opcode == 8) {
        client->close_code = last_close = size >= 2 ? payload[0] << 8 | payload[1] : 1005;
        char why[40];
        snprintf(why, sizeof why, "closed with %ld", last_close);
        lose(client, why);
    }
}

static size_t take_handshake(struct client *client, unsigned char *bytes, size_t size) {
    unsigned char *end = memmem(bytes, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!begins(bytes, size, "HTTP/1.1 101")) {
        *end = 0;
        lose(client, (char *)bytes);
        return size;
    }
    client->state = OPENING;
    if (!*hello) begin(client);
    if (!*ready_text) become_ready(client);
    return end + 4 - bytes;
}

static size_t take_frame(struct client *client, unsigned char *bytes, size_t size) {
    if (client->state == SHAKING) return take_handshake(client, bytes, size);
    size_t head = 2, length = size < 2 ? 0 : bytes[1] & 127;
    if (length == 126) head = 4, length = size < 4 ? 0 : bytes[2] << 8 | bytes[3];
    else if (length == 127) {
        head = 10;
        length = 0;
        for (int i = 2; i < 10 && size >= 10; i++) length = length << 8 | bytes[i];
    }
    if (size < head || size - head < length) return 0;
    frame(client, bytes[0] & 15, bytes + head, length);
    return head + length;
}

void receive(struct client *client) {
    static unsigned char bytes[2 * CHUNK + 1];
    while (client->state != GONE) {
        size_t kept = client->kept_bytes, used = 0, taken = 1;
        if (kept > CHUNK) die("a frame of more than %d bytes", CHUNK);
        memcpy(bytes, client->kept, kept);
        ssize_t got = recv(client->fd, bytes + kept, CHUNK, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return lose(client, got ? strerror(errno) : "closed without a word");
        size_t size = kept + got;
        while (used < size && taken && client->state != GONE)
            used += taken = take_frame(client, bytes + used, size - used);
        if (client->state == GONE) return;
        client->kept_bytes = size - used;
        client->kept = realloc(client->kept, client->kept_bytes + 1);
        memcpy(client->kept, bytes + used, client->kept_bytes);
        if (got < 4096) return;
    }
}

void turn(int milliseconds) {
    static struct epoll_event events[EVENTS];
    int found = epoll_wait(poller, events, EVENTS, milliseconds);
    for (int i = 0; i < found; i++) {
        struct client *client = &all[events[i].data.u32];
        if (client->state == CONNECTING) shake(client);
        else receive(client);
    }
}
