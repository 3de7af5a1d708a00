import Glibc

// Before `main`, libmongoc puts counters for its tool mongoc-stat into shared memory, which would outlive a process that is killed. Without
// its name it ends with the process.
shm_unlink("/mongoc-\(getpid())")
DaemonCommand.main()
