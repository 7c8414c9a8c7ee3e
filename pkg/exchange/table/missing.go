package table

import "strings"

// emptyWords stand for a missing value wherever they are a whole cell, in small letters. They are those that pandas knows, and what
// spreadsheets and databases write.
var emptyWords = map[string]bool{
	"": true, "na": true, "n/a": true, "n.a.": true, "nan": true, "-nan": true, "null": true, "(null)": true, "nil": true, "?": true, "-": true, "--": true, "—": true, "–": true, ".": true,
	"#n/a": true, "#na": true, "<na>": true, `\n`: true, "#value!": true, "#div/0!": true, "#ref!": true, "#num!": true, "#null!": true, "#name?": true, "1.#qnan": true, "1.#ind": true, "nat": true,
}

// noneWords stand for a missing value among numbers and dates, and may be classes among texts: a pain is none, mild or severe.
var noneWords = map[string]bool{"none": true, "unknown": true, "missing": true, "not available": true, "undefined": true}

const longestWord = 16 // characters of a word that may stand for nothing

// isEmpty reports whether a cell says that there is no value.
func isEmpty(cell string) bool {
	return len(cell) <= longestWord && (cell == "" || emptyWords[strings.ToLower(cell)])
}

// isNone is isEmpty among numbers and dates.
func isNone(cell string) bool {
	return len(cell) <= longestWord && (isEmpty(cell) || noneWords[strings.ToLower(cell)])
}
