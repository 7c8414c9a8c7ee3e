// Package wire writes a training as JSON and reads it back the same to the last bit, so that it can be run in another process
// or on another machine. Arrays are set aside under the SHA-256 of their content: what many trainings share is sent once.
//
//	text, err := wire.Encoder{Put: put}.Training(t)
//	t, err := wire.Decoder{Get: get}.Training(text)
//
// A struct is an object of its fields that aren't zero, by the names that they have in Go; what an interface holds says its type
// beside it. Only types of this project are known: reading builds plain values and runs nothing. What is a function, such as an
// [nn.Func] or a loss of one's own in Go, can't be written, which is an error that names the place.
//
// It is no format to keep: both ends must be of one version of this program.
package wire
