// Package table makes training data of a table as people have it: separated by commas, semicolons, tabs or blanks, in any usual encoding,
// with decimal commas, currency signs, dates, texts, holes, row numbers, and a target wherever it stands.
//
//	read, err := table.Open("houses.csv", table.Options{})
//	made, err := read.Make(table.Need{Inputs: []table.Input{{Shape: []int{13}}}, Outputs: []table.Output{{Units: 1}}}, table.Options{})
//	made.Data    // X is [rows, 13], Y [rows, 1]
//	made.Assumed // what was taken for what, why, and the flag that changes it
//
// A table rarely says which columns a model was given, and as what. Whatever isn't said is decided by what the model needs: of the usual
// ways to make numbers of each column, the most usual one is taken that gives the model's inputs their width; and each
// decision is a [training.Assumption]. Plain numbers under a plain header need none. Nothing is scaled: that a table's numbers are too
// large for a network is for the doctor to say.
//
// Where the columns mean what they say and a wrong cell should be an error, [dataset.ReadCSV] is the stricter reader.
package table

// The most that is read of a file; see docs/limits.md.
const (
	maxFile    = 1 << 30 // bytes, before and behind decompression and decoding
	maxColumns = 1 << 16
	maxCells   = 1 << 28
	maxQuote   = 40 // characters of a cell or a name that an error or an assumption quotes
)
