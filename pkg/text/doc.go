// Package text makes numbers of strings as Keras' lookup layers do: [StringLookup], [IntegerLookup], [TextVectorization],
// [Hashing] and [HashedCrossing], with their settings under Keras' names.
//
//	words := text.TextVectorization{Vocabulary: []string{"good", "bad"}, OutputSequenceLength: 4}
//	x, err := words.Encode(dataset.Texts{Shape: []int{1}, Values: []string{"Not bad!"}}) // [[1 3 0 0]]
//
// Tensors of GoMLX hold numbers alone, so these are no layers of a model: what they make depends on the data and never on
// weights, and is made once, when the data is read. The model behind begins with an input of numbers, for instance with an
// nn.Embedding. Package keras reads models that way, see training.Encoding.
//
// Whole numbers count as strings of their decimal digits here, exact to 64 bits, where float32 ends at 2²⁴.
package text
