package text

import (
	"github.com/dchest/siphash"
	"github.com/dgryski/go-farm"
)

// bucketOf puts a string into one of n buckets: by FarmHash64, or with a salt of two numbers by SipHash-2-4, as TensorFlow's
// to_hash_bucket_fast and to_hash_bucket_strong.
func bucketOf(s string, n int, salt []uint64) int {
	if len(salt) == 2 {
		return int(siphash.Hash(salt[0], salt[1], []byte(s)) % uint64(n))
	}
	return int(farm.Fingerprint64([]byte(s)) % uint64(n))
}

// concatenated is the fingerprint of two things of which there are fingerprints: TensorFlow's FingerprintCat64.
func concatenated(a, b uint64) uint64 {
	const mul = 0xc6a4a7935bd1e995
	mixed := func(v uint64) uint64 { return v ^ v>>47 }
	h := a ^ mul
	h ^= mixed(b*mul) * mul
	h *= mul
	h = mixed(h) * mul
	return mixed(h)
}
