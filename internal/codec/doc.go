// Package codec describes plain structs by their fields, once, for everyone who reads or writes their settings.
//
// A layer, an initializer or a regularizer is a struct whose fields are its settings, named as Keras names them.
// What Keras' name, default or range adds to a field stands in its tag:
//
//	type Dropout struct {
//		Name string  `keras:"-"`
//		Rate float64 `keras:"rate,positional,from=0,below=1"`
//	}
//
// From that one description come the reader of Keras' config ([Class.Read]) and its writer ([Config]), Go code
// ([GoCode]), Python code ([Python]), the key of a program that was compiled for the value ([Key]), and the list of
// settings that may be looked at and changed ([Settings], [With]).
//
// # Tags
//
// The first word is Keras' name of the argument; empty: the field's name in snake case; "-": Keras doesn't have it.
// Behind it, in any order:
//
//	not            the field says the opposite of Keras' argument (NoBias, use_bias)
//	positional     Keras' constructor takes it in front, without its name
//	required       a config without it is refused
//	default=0.001  what Keras has where the argument is left out, and what the field's zero stands for; for an
//	               interface, the string by which Keras knows the value that nil stands for
//	missing=0.9    what Keras has where the argument is left out, of a field whose zero is 0 all the same
//	alias=alpha    what an older Keras called the argument
//	null=none      the text that stands for Keras' null
//	open           −1 in a list is null in Keras
//	optional       zero stands for null, which Keras' default is
//	from=0 above=0 to=1 below=1   the range of a number
//	oneof=a|b|c    the texts allowed
//	point          Keras refuses the number without a point, 1 for 1.0
//	rest=Fraction  the number need not be whole: what is behind its point goes into that field
//	floor          the numbers of a list need not be whole: they are rounded down
//	list=Scales    a list in place of the number goes into that field
//	axis           an axis, or a list of axes: the last one goes by −1 however the file counts it
//	empty          an empty list isn't the default
//	nested         a list may hold lists, which are joined
//	pairs          more than two numbers of a list are pairs in Keras, (1, 2, 3, 4) there ((1, 2), (3, 4))
//	alone          a list of one number is that number in Keras, and none is null
//	together       zero stands for the default only where all fields of the struct marked so are zero
//
// A field whose default isn't 0 can't hold 0 itself; a config that says 0 is read as the smallest number above it,
// which is 0 in float32, and refused where the field is whole.
package codec
