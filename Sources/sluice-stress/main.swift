import Glibc

// As in sluiced: libmongoc's counters in shared memory end with a process that is killed.
shm_unlink("/mongoc-\(getpid())")
StressCommand.main()
