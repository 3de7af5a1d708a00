import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// When credentials are looked for, told by the cache: its clocks are the test's.
@Suite struct CredentialCacheTests {
    private let time = Timestamp(text: "2026-01-02T03:00:00Z")!
    private let failure = CredentialFailure(message: "none")

    private func at(_ seconds: Int) -> MonotonicTime { MonotonicTime(nanoseconds: 1).advanced(milliseconds: seconds * 1_000) }

    private func credentials(_ name: String, lifeSeconds: Int? = nil) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: name, secretAccessKey: "secret",
            expiration: lifeSeconds.flatMap { Timestamp(milliseconds: time.milliseconds + Int64($0) * 1_000) })
    }

    /// A cache that found these at second 0.
    private func holding(_ credentials: AWSCredentials) -> CredentialCache {
        var cache = CredentialCache()
        _ = cache.need(now: at(0))
        cache.found(credentials, now: at(0), time: time)
        return cache
    }

    @Test func oneSearchesAndTheOthersWait() {
        var cache = CredentialCache()
        #expect(cache.need(now: at(0)) == .search)
        #expect(cache.need(now: at(1)) == .wait)
        cache.found(credentials("A"), now: at(2), time: time)
        #expect(cache.need(now: at(3)) == .use(credentials("A")))
    }

    @Test func whatDoesNotExpireStays() {
        var cache = holding(credentials("A"))
        #expect(cache.need(now: at(1_000_000_000)) == .use(credentials("A")))
    }

    /// One worker looks for others five minutes ahead; the rest go on with what there is until it ends.
    @Test func refreshesBeforeTheyExpire() {
        let old = credentials("A", lifeSeconds: 3_600)
        var cache = holding(old)
        #expect(cache.need(now: at(3_299)) == .use(old))
        #expect(cache.need(now: at(3_300)) == .search)
        #expect(cache.need(now: at(3_300)) == .use(old))
        #expect(cache.need(now: at(3_599)) == .use(old))
        #expect(cache.need(now: at(3_600)) == .wait)
        let new = credentials("B", lifeSeconds: 7_200)
        cache.found(new, now: at(3_600), time: time)
        #expect(cache.need(now: at(3_600)) == .use(new))
    }

    @Test func aShortLifeIsHalvedInsteadOfSearchedThroughout() {
        let short = credentials("A", lifeSeconds: 400)
        var cache = holding(short)
        #expect(cache.need(now: at(199)) == .use(short))
        #expect(cache.need(now: at(200)) == .search)
    }

    @Test func aRefreshThatFailsKeepsWhatThereIs() {
        let old = credentials("A", lifeSeconds: 3_600)
        var cache = holding(old)
        #expect(cache.need(now: at(3_590)) == .search)
        cache.missed(failure, now: at(3_590))
        #expect(cache.need(now: at(3_594)) == .use(old))
        #expect(cache.need(now: at(3_595)) == .search)
        cache.missed(failure, now: at(3_599))
        #expect(cache.need(now: at(3_600)) == .fail(failure))
        #expect(cache.need(now: at(3_604)) == .search)
    }

    @Test func placesAreNotFlooded() {
        var cache = CredentialCache()
        #expect(cache.need(now: at(0)) == .search)
        cache.missed(failure, now: at(1))
        #expect(cache.need(now: at(5)) == .fail(failure))
        #expect(cache.need(now: at(6)) == .search)
    }

    /// The machine's clock may be wrong by hours: what was just given is used.
    @Test func whatSeemsExpiredIsUsedForAWhile() {
        let odd = credentials("A", lifeSeconds: -9_000)
        var cache = holding(odd)
        #expect(cache.need(now: at(149)) == .use(odd))
        #expect(cache.need(now: at(150)) == .search)
        #expect(cache.need(now: at(299)) == .use(odd))
        #expect(cache.need(now: at(300)) == .wait)
    }

    @Test func refusedOnesAreReplacedOnce() {
        var cache = holding(credentials("A"))
        cache.discard(credentials("other"), now: at(10))
        #expect(cache.need(now: at(10)) == .use(credentials("A")))
        cache.discard(credentials("A"), now: at(10))
        #expect(cache.need(now: at(10)) == .search)
        cache.found(credentials("A"), now: at(11), time: time)
        cache.discard(credentials("A"), now: at(12))
        #expect(cache.need(now: at(12)) == .use(credentials("A")))
        cache.discard(credentials("A"), now: at(15))
        #expect(cache.need(now: at(15)) == .search)
    }
}
