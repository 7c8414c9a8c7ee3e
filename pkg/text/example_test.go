package text_test

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/text"
)

func ExampleTextVectorization() {
	words := text.TextVectorization{Vocabulary: []string{"good", "bad"}, OutputSequenceLength: 4}
	x, err := words.Encode(dataset.Texts{Shape: []int{2}, Values: []string{"Not bad!", "GOOD, good"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Row(0), x.Row(1)) // 1 is what isn't in the vocabulary, 0 is nothing
	fmt.Println(words.KerasCode())
	// Output:
	// [1 3 0 0] [2 2 0 0]
	// layers.TextVectorization(vocabulary=['good', 'bad'], output_sequence_length=4)
}

func ExampleStringLookup() {
	cities := text.StringLookup{Vocabulary: []string{"Oslo", "Rom"}, OutputMode: "one_hot"}
	x, err := cities.Encode(dataset.Texts{Shape: []int{2, 1}, Values: []string{"Rom", "Kyjiw"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Row(0), x.Row(1))
	// Output: [0 0 1] [1 0 0]
}
