import CFuzz
import Glibc

#if FUZZING
    // libFuzzer's own arguments: sluice-fuzz CORPUS... -runs=N -max_total_time=SECONDS …
    var argc = CommandLine.argc
    var argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
        LLVMFuzzerRunDriver(&argc, &argv) { data, count in
            FuzzSubject.exercise(UnsafeRawBufferPointer(start: data, count: count))
            return 0
        })
#else
    CorpusReplay.main()
#endif
