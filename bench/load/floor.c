/* floor: the least that a broadcasting server can do: one send() a delivery, no history, no rooms, no checks.

   usage: floor PORT     on 127.0.0.1, until killed. Knows the one handshake key that `load` uses. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MOST = 65536, EVENTS = 512 };

static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static int accepted[MOST], clients[MOST], client_count;

static void forget(int fd) {
    for (int i = 0; i < client_count; i++)
        if (clients[i] == fd) clients[i--] = clients[--client_count];
    accepted[fd] = 0;
    close(fd);
}

static void broadcast(unsigned char *text, size_t size) {
    unsigned char *frame = text - (size < 126 ? 2 : 4);
    frame[0] = 0x81;
    if (size < 126) frame[1] = size;
    else frame[1] = 126, frame[2] = size >> 8, frame[3] = size;
    for (int i = 0; i < client_count; i++) send(clients[i], frame, text + size - frame, MSG_NOSIGNAL);
}

static void receive(int fd) {
    static unsigned char bytes[MOST];
    ssize_t got = recv(fd, bytes, sizeof bytes, 0), at = 0;
    if (got <= 0) return forget(fd);
    if (!accepted[fd]) {
        accepted[fd] = 1;
        clients[client_count++] = fd;
        send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
        return;
    }
    while (at + 6 <= got) {
        size_t size = bytes[at + 1] & 127, head = 6;
        if (size == 126) size = bytes[at + 2] << 8 | bytes[at + 3], head = 8;
        if (at + head + size > (size_t)got || (bytes[at] & 15) != 1) return forget(fd);
        unsigned char *mask = bytes + at + head - 4, *text = bytes + at + head;
        for (size_t i = 0; i < size; i++) text[i] ^= mask[i & 3];
        broadcast(text, size);
        at += head + size;
    }
}

int main(int argument_count, char **arguments) {
    if (argument_count != 2) return fprintf(stderr, "usage: floor PORT\n"), 2;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poller = epoll_create1(0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) return perror("listen"), 1;
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &wanted);
    for (;;) {
        int found = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < found; i++) {
            if (events[i].data.fd != listener) receive(events[i].data.fd);
            else
                for (int fd; (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0 && fd < MOST;) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    wanted.data.fd = fd;
                    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &wanted);
                }
        }
    }
}
