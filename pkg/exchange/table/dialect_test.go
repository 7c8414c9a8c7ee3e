package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"example.com/unstuck/pkg/dataset"
)

// dialect is a way to write the same table.
type dialect struct {
	delimiter, decimal, end string
	quoted                  bool
	encode                  func(string) ([]byte, error)
}

func (d dialect) write(t *testing.T, header []string, rows [][]any) []byte {
	t.Helper()
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			if d.quoted || strings.Contains(cell, d.delimiter) || strings.ContainsAny(cell, "\"\n") {
				cells[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
		}
		b.WriteString(strings.Join(cells, d.delimiter) + d.end)
	}
	line(append([]string(nil), header...))
	for _, row := range rows {
		var cells []string
		for _, v := range row {
			text := fmt.Sprint(v)
			if _, number := v.(float64); number {
				text = strings.ReplaceAll(fmt.Sprintf("%.4f", v), ".", d.decimal)
			}
			cells = append(cells, text)
		}
		line(cells)
	}
	if d.encode == nil {
		return []byte(b.String())
	}
	raw, err := d.encode(b.String())
	require.NoError(t, err)
	return raw
}

// Whatever separates cells and decimals, quotes and encodes them: the arrays are the same.
func TestDialectsGiveTheSameArrays(t *testing.T) {
	header := []string{"größe", "preis", "stadt", "note", "menge", "klasse"}
	var rows [][]any
	for i := range 40 {
		rows = append(rows, []any{float64(i)*0.37 - 3, 1234.5 * float64(i%7), []string{"Köln", "Paris", "Rom"}[i*7%3], "eine Zeile,\neine \"zweite\" " + fmt.Sprint(i), i * i % 11, []string{"süß", "trocken"}[i%2]})
	}
	need := Need{Inputs: []Input{{Shape: []int{6}}}, Outputs: []Output{{Units: 1, Coding: ZeroOne}}}
	latin := func(s string) ([]byte, error) { return charmap.Windows1252.NewEncoder().Bytes([]byte(s)) }
	wide := func(order unicode.Endianness, bom unicode.BOMPolicy) func(string) ([]byte, error) {
		return func(s string) ([]byte, error) { return unicode.UTF16(order, bom).NewEncoder().Bytes([]byte(s)) }
	}
	marked := func(s string) ([]byte, error) { return []byte("\ufeff" + s), nil }
	var want *dataset.Data
	for _, delimiter := range []string{",", ";", "\t", "|"} {
		for _, decimal := range []string{".", ","} {
			for name, encode := range map[string]func(string) ([]byte, error){
				"utf-8": nil, "a mark": marked, "windows-1252": latin, "utf-16": wide(unicode.LittleEndian, unicode.UseBOM), "utf-16 without a mark": wide(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16 the other way": wide(unicode.BigEndian, unicode.UseBOM),
			} {
				for _, quoted := range []bool{false, true} {
					for _, end := range []string{"\n", "\r\n", delimiter + delimiter + "\n"} {
						d := dialect{delimiter, decimal, end, quoted, encode}
						at := fmt.Sprintf("%q %q %q %s %v", delimiter, decimal, end, name, quoted)
						read, err := Read(d.write(t, header, rows), Options{})
						require.NoError(t, err, at)
						made, err := read.Make(need, Options{})
						require.NoError(t, err, at)
						if want == nil {
							want = &made.Data
							require.Equal(t, []string{"größe", "preis", "stadt=Köln", "stadt=Paris", "stadt=Rom", "menge"}, want.Features)
							require.Equal(t, []float32{-3, 0, 1, 0, 0, 0}, want.X.Row(0))
							require.Equal(t, []float32{0, 1}, want.Y.Values[:2])
						}
						require.Equal(t, *want, made.Data, at)
					}
				}
			}
		}
	}
}

// A table without a header, and one whose header says nothing new.
func TestHeaders(t *testing.T) {
	for text, names := range map[string][]string{
		"1,2,3\n4,5,6\n":                           {"column 1", "column 2", "column 3"},
		"0,1,2\n4.5,5,6\n7,8,9\n":                  {"0", "1", "2"},
		"5.1,3.5,setosa\n4.9,3.0,virginica\n":      {"column 1", "column 2", "column 3"},
		"a,b,c\nx,y,z\nx,w,z\n":                    {"a", "b", "c"},
		"x,y,z\nx,y,z\nx,w,z\n":                    {"column 1", "column 2", "column 3"},
		"country,2019,2020\nFrance,1,2\nItaly,3,4": {"country", "2019", "2020"},
		"a,b\r1,2\r3,4\r":                          {"a", "b"},
		"a,a,\n1,2,3\n":                            {"a", "a (column 2)", "column 3"},
		"# x,y,z\n1,2,3\n4,5,6\n":                  {"x", "y", "z"},
		"My table\n\na,b,c\n1,2,3\n4,5,6\n":        {"a", "b", "c"},
		"sep=;\na;b,c;d\n1;2,5;3\n":                {"a", "b,c", "d"},
		"a,b,c,,\n1,2,3,,\n4,5,6,,\n":              {"a", "b", "c"},
		"date,when\n2024-01-02,3\n2024-01-05,4\n":  {"date", "when"},
	} {
		read, err := Read([]byte(text), Options{})
		require.NoError(t, err, text)
		require.Equal(t, names, read.Names, text)
	}
}

// Errors say where.
func TestReadSaysWhere(t *testing.T) {
	for text, says := range map[string]string{
		"":                             "no rows",
		"a,b\n":                        "no rows",
		"a,b,c\n1,2,3\n4,5\n6,7,8\n":   "line 3 has 2 cells, the table has 3 columns",
		"a,b\n1,2\n3,\"4\n5,6\n":       "line 4: a quote that was opened in line 3 isn't closed",
		"a\n1\n2\n":                    "--delimiter",
		"a,b\n1,\x002\n":               "line 2 holds a zero byte",
		"PK\x03\x04whatever":           ".xlsx",
		"PAR1 and nothing of the kind": "Parquet",
	} {
		_, err := Read([]byte(text), Options{})
		require.ErrorContains(t, err, says, text)
	}
	for says, o := range map[string]Options{
		"--delimiter": {Delimiter: "ab"}, "--decimal": {Decimal: "x"}, "--encoding": {Encoding: "klingon"}, "--header": {Header: "maybe"}, "--missing": {Missing: "no"}, "--ordered": {Ordered: []string{"size"}},
	} {
		_, err := Read([]byte("a,b\n1,2\n"), o)
		require.ErrorContains(t, err, says)
	}
}
