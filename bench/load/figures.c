/* Time, latencies, and what processes use. */
#include "load.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

double clock_seconds(void) { return nanoseconds() * 1e-9; }

/* Six bits after the leading one. */
void record(struct histogram *histogram, int64_t value) {
    int high = value < 64 ? 0 : 63 - __builtin_clzll(value) - 5;
    histogram->counts[high * 64 + ((value >> (high ? high - 1 : 0)) & 63)]++;
    histogram->total++;
    if (value > histogram->max) histogram->max = value;
}

double percentile(const struct histogram *histogram, double share) {
    uint64_t wanted = histogram->total * share, seen = 0;
    for (int i = 0; i < 64 * 64; i++)
        if ((seen += histogram->counts[i]) > wanted) {
            int high = i / 64;
            return (high ? (double)((int64_t)((i % 64) | (high > 0 ? 64 : 0)) << (high - 1)) : i % 64) * 1e-6;
        }
    return histogram->max * 1e-6;
}

/* To the nanosecond, where /proc/PID/stat counts hundredths of a second; threads and children that ended are left out. */
static double cpu_of(long pid, int with_children) {
    char name[300];
    double total = 0;
    snprintf(name, sizeof name, "/proc/%ld/task", pid);
    DIR *tasks = opendir(name);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        unsigned long running = 0;
        if (*task->d_name == '.') continue;
        snprintf(name, sizeof name, "/proc/%ld/task/%s/schedstat", pid, task->d_name);
        FILE *file = fopen(name, "r");
        if (!file && errno != ENOENT) die("%s: %s", name, strerror(errno));
        if (file && fscanf(file, "%lu", &running) == 1) total += running * 1e-9;
        if (file) fclose(file);
        snprintf(name, sizeof name, "/proc/%ld/task/%s/children", pid, task->d_name);
        if (!with_children || !(file = fopen(name, "r"))) continue;
        for (long child; fscanf(file, "%ld", &child) == 1;) total += cpu_of(child, 1);
        fclose(file);
    }
    if (tasks) closedir(tasks);
    return total;
}

double cpu(const char *list, int with_children) {
    double total = 0;
    for (char *at = (char *)list; *at; at += *at == ',') total += cpu_of(strtol(at, &at, 10), with_children);
    return total;
}

double memory(const char *list) {
    double pages = 0;
    for (char *at = (char *)list; *at; at += *at == ',') {
        char name[64];
        long resident = 0;
        snprintf(name, sizeof name, "/proc/%ld/statm", strtol(at, &at, 10));
        FILE *file = fopen(name, "r");
        if (file && fscanf(file, "%*d %ld", &resident) == 1) pages += resident;
        if (file) fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}
