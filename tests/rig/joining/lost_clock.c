/* A clock that has lost its cell: the time of day is in 1970, and the steady line goes on.
   Preloaded; libfaketime stands still or breaks poll() where the two are told apart. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DAY_S 86400

int clock_gettime(clockid_t which, struct timespec *at)
{
    int failed = (int)syscall(SYS_clock_gettime, which, at);
    if (!failed && which == CLOCK_REALTIME)
        at->tv_sec = DAY_S + at->tv_sec % DAY_S;
    return failed;
}

time_t time(time_t *out)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (out)
        *out = at.tv_sec;
    return at.tv_sec;
}
