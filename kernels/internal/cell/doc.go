// Package cell turns a cell of a notebook, as people write it, into one that GoNB takes: statements at the top level go
// into main, what they set is there in later cells, the last expression is shown, and a variable that nothing uses stops
// nothing. Cells in GoNB's own ways (%%, %main, %test, func main) stay as they are but for the last two.
//
// Every line of a cell is a line of what becomes of it, and [Rewritten.Line] leads back.
package cell
