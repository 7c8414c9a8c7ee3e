// Package checkpoint is the file that keeps a model's variables and, between epochs, the training at hand. It knows bytes, names
// and sizes only: fit.Model.Save and fit.Checkpointing say what is in them.
//
// Whatever a file claims, reading allocates no more than a small multiple of its size, and nothing is returned unless its checksum
// is right.
package checkpoint
