// Package replica makes one program of many that differ in numbers only: whatever is built for one, in GoMLX's graphs, is
// computed for several replicas at once, along an axis in front of all others that the graph doesn't see. It is to GoMLX what
// vmap is to JAX.
//
// [Program] hands out a backend whose builders write, for each operation, the one that does it for all replicas. Values that no
// replica has to itself, such as a batch that all train on, stay single, and so does what is computed of them alone. Loops are followed
// through: what becomes different within one is carried along from its start.
//
// Replicas don't touch each other: NaN in one stays there. An operation that can't be done for several is an
// [UnsupportedError]; then the programs have to run one by one.
package replica
