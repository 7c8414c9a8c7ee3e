package table_test

import (
	"fmt"

	"example.com/unstuck/pkg/exchange/table"
)

func Example() {
	const text = `id;bought;size;price;city;label
1;2024-01-05;small;1,50;Rome;no
2;2024-01-02;large;2,25;Paris;yes
3;2024-02-11;medium;;Rome;no
4;2024-01-20;large;3,75;Rome;yes
5;2024-03-01;small;0,80;Paris;no
`
	read, err := table.Read([]byte(text), table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	need := table.Need{Inputs: []table.Input{{Shape: []int{4}}}, Outputs: []table.Output{{Units: 1, Coding: table.ZeroOne}}}
	made, err := read.Make(need, table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(made.Data.Features)
	fmt.Println(made.Data.X.Row(2), made.Data.Y.Row(2))
	for _, a := range made.Assumed {
		fmt.Println("-", a)
	}
	// Output:
	// [bought size price city]
	// [40 1 1.875 1] [0]
	// - target column 6 "label" (its name says so, and it is the last column, and it holds as many classes as the model tells apart; --target names another)
	// - delimiter semicolon (it makes 6 columns; --delimiter names another)
	// - decimal mark a comma (numbers have one that isn't read as a thousands separator; --decimal . reads points)
	// - classes of "label" as no 0 and yes 1 (its cells are no and yes; write them as numbers for another order)
	// - missing values filled with each column's median or most frequent text (1 cell of 1 row, in "price"; --missing keep leaves them NaN, --missing drop leaves the rows out)
	// - column "id" left out (it counts the rows; --numeric id keeps it)
	// - column "bought" as days since 2024-01-02 (each cell is a date; --drop bought leaves it out)
	// - column "size" as numbers: "small" 0, "medium" 1, "large" 2 (its texts are steps of a scale; --categorical size makes it one-hot)
	// - column "city" as numbers: "Paris" 0, "Rome" 1 (it has two different texts; --drop city leaves it out)
}
