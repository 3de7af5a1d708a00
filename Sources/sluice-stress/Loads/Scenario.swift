/// The workloads that `run` knows by name: what is asked for, by how many, and of what size.
enum Scenario: String, CaseIterable {
    case a, b, c, d, e, f, inserts
    case preFork = "pre-fork"
    case pipelined, large
    case slowReaders = "slow-readers"
    case storm

    /// What it is like, in a line.
    var abstract: String {
        switch self {
        case .a: "YCSB A, a session store: half reads, half updates of one field"
        case .b: "YCSB B, tags of photographs: 95 % reads, 5 % updates"
        case .c: "YCSB C, profiles: reads only"
        case .d: "YCSB D, what is new: 95 % reads of the latest records, 5 % inserts"
        case .e: "YCSB E, threads: 95 % scans of 1 to 100 records by id, 5 % inserts"
        case .f: "YCSB F, a database of users: half reads, half read-modify-writes"
        case .inserts: "new records only, each acknowledged before the next"
        case .preFork: "B from 64 processes with a connection each, one request at a time"
        case .pipelined: "B from 4 connections with 64 requests under way on each"
        case .large: "half reads, half updates of records of one field of 256 KiB"
        case .slowReaders: "B, while 8 clients more ask for all records and read 256 KiB a second of them"
        case .storm: "clients that connect, shake hands, ping once and go, as fast as they can"
        }
    }

    var mix: Mix {
        switch self {
        case .a: Mix(reads: 500, updates: 500)
        case .b, .preFork, .pipelined, .slowReaders: Mix(reads: 950, updates: 50)
        case .c, .storm: Mix(reads: 1000)
        case .d: Mix(reads: 950, inserts: 50, keys: .latest)
        case .e: Mix(inserts: 50, scans: 950)
        case .f: Mix(reads: 500, readModifyWrites: 500)
        case .inserts: Mix(inserts: 1000, keys: .uniform)
        case .large: Mix(reads: 500, updates: 500, keys: .uniform, fields: 1, fieldBytes: 256 << 10)
        }
    }

    var clients: Int {
        switch self {
        case .preFork: 64
        case .pipelined: 4
        case .large: 8
        default: 50
        }
    }

    var processes: Int { self == .preFork ? 64 : self == .pipelined ? 1 : 4 }
    var depth: Int { self == .pipelined ? 64 : 1 }
    var records: Int { self == .large ? 200 : 10_000 }
    var slowReaders: Int { self == .slowReaders ? 8 : 0 }
}
