// Package h5 reads float32 arrays, and strings in attributes, from the HDF5 files that Keras writes through h5py
// (model.weights.h5, and a whole model in model.h5).
//
// It knows the part of the format that occurs there, and a little more so that a file rewritten with
// compression or with a newer format version still opens:
//
//   - superblocks of version 0 to 3, object headers of version 1 and 2
//   - groups as symbol tables (B-tree, local heap) or as link messages in the header
//   - attributes in the header that hold strings of fixed length, or of variable length in a global heap
//   - float32, little-endian; compact, contiguous, and chunked (version-1 B-tree) with gzip and shuffle
//
// Everything else — dense storage of links or attributes, soft and external links, other number types, other filters — is
// an error that says so. Nothing is written.
//
// A file is hostile until read: no input makes this package panic, loop without end, or allocate more than
// a small multiple of the file's size plus what decompression can yield from it, at most [MaxElements]
// float32 for one array. Objects are looked up by path, so groups that contain each other are harmless.
//
// Format: HDF5 File Format Specification, version 3.0.
package h5

import "errors"

// MaxElements bounds one array: 2²⁸ values, 1 GiB.
const MaxElements = 1 << 28

const (
	maxRank = 32      // axes of an array, HDF5's own limit
	maxName = 1 << 12 // bytes of a member's name
)

// Errors that callers may want to tell apart; every error wraps one of them.
var (
	// ErrFormat reports a file that isn't HDF5 or contradicts itself: cut off or damaged.
	ErrFormat = errors.New("not a valid HDF5 file")
	// ErrUnsupported reports a feature of HDF5 that this package doesn't read.
	ErrUnsupported = errors.New("not supported in HDF5 files")
	// ErrNotFound reports a path without an object.
	ErrNotFound = errors.New("not found in the HDF5 file")
)
