package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"example.com/unstuck/pkg/dataset"
)

func isParquet(raw []byte) bool { return bytes.HasPrefix(raw, []byte("PAR1")) }

// readParquet reads a Parquet file as the table that it would be in text: what its types tell, the columns' texts show again. Columns
// that hold lists or groups are left out.
func readParquet(raw []byte) (t *Table, err error) {
	defer func() {
		if failed := recover(); failed != nil { // the library's, on what isn't well-formed
			t, err = nil, fmt.Errorf("is a damaged Parquet file: %v", failed)
		}
	}()
	file, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("is no Parquet file that can be read: %w", err)
	}
	t = &Table{named: true, decimal: '.'}
	var names, left []string
	at := map[int]int{} // the table's column of a leaf
	var texts []func(parquet.Value) string
	for leaf, path := range file.Schema().Columns() {
		column, _ := file.Schema().Lookup(path...)
		if len(path) != 1 || column.Node.Repeated() {
			left = append(left, strings.Join(path, "."))
			continue
		}
		at[leaf] = len(names)
		names, texts = append(names, path[0]), append(texts, textOf(column.Node.Type()))
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("no column holds single values; there are %s", listed(left))
	case len(names) > maxColumns || file.NumRows() > int64(maxCells/len(names)):
		return nil, fmt.Errorf("%d rows of %d columns: %w", file.NumRows(), len(names), dataset.ErrTooLarge)
	}
	t.take(names)
	if len(left) > 0 {
		t.assume("columns "+listed(left), "left out", "they hold lists or groups", "")
	}
	for _, group := range file.RowGroups() {
		if err := t.addRows(group.Rows(), at, texts); err != nil {
			return nil, err
		}
	}
	if t.Rows() == 0 {
		return nil, dataset.ErrNoRows
	}
	return t, nil
}

func (t *Table) addRows(rows parquet.Rows, at map[int]int, texts []func(parquet.Value) string) error {
	defer rows.Close()
	buffer, cells := make([]parquet.Row, 64), make([]string, len(t.Names))
	for {
		n, err := rows.ReadRows(buffer)
		for _, row := range buffer[:n] {
			clear(cells)
			for _, v := range row {
				if k, taken := at[v.Column()]; taken && !v.IsNull() {
					cells[k] = texts[k](v)
				}
			}
			if err := t.add(0, cells); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("behind row %d: %w", t.Rows(), err)
		case n == 0:
			return fmt.Errorf("behind row %d: %w", t.Rows(), io.ErrNoProgress)
		}
	}
}

// textOf says how values of a type are written.
func textOf(of parquet.Type) func(parquet.Value) string {
	var logical format.LogicalTypeValue
	if l := of.LogicalType(); l != nil {
		logical = l.Value
	}
	switch l := logical.(type) {
	case *format.DateType:
		return func(v parquet.Value) string { return time.Unix(int64(v.Int32())*86400, 0).UTC().Format("2006-01-02") }
	case *format.TimestampType:
		unit := l.Unit.Value.Duration()
		return func(v parquet.Value) string {
			perSecond := int64(time.Second / unit)
			return time.Unix(v.Int64()/perSecond, 0).UTC().Format("2006-01-02 15:04:05")
		}
	case *format.DecimalType:
		return func(v parquet.Value) string { return decimalText(v, int(l.Scale)) }
	case *format.IntType:
		if !l.IsSigned {
			return func(v parquet.Value) string {
				if v.Kind() == parquet.Int32 {
					return strconv.FormatUint(uint64(v.Uint32()), 10)
				}
				return strconv.FormatUint(v.Uint64(), 10)
			}
		}
	}
	return plainText
}

func plainText(v parquet.Value) string {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.FormatBool(v.Boolean())
	case parquet.Int32:
		return strconv.FormatInt(int64(v.Int32()), 10)
	case parquet.Int64:
		return strconv.FormatInt(v.Int64(), 10)
	case parquet.Int96: // nanoseconds of a Julian day, as older writers have timestamps
		words := v.Int96()
		nanoseconds := int64(words[1])<<32 | int64(words[0])
		return time.Unix((int64(words[2])-2440588)*86400+nanoseconds/int64(time.Second), 0).UTC().Format("2006-01-02 15:04:05")
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'g', -1, 32)
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64)
	}
	return string(v.ByteArray())
}

// decimalText is a whole number with its point moved.
func decimalText(v parquet.Value, scale int) string {
	var whole *big.Int
	switch v.Kind() {
	case parquet.Int32:
		whole = big.NewInt(int64(v.Int32()))
	case parquet.Int64:
		whole = big.NewInt(v.Int64())
	default:
		raw := v.ByteArray()
		if len(raw) > 32 {
			return string(raw)
		}
		whole = new(big.Int).SetBytes(raw)
		if len(raw) > 0 && raw[0]&0x80 != 0 { // two's complement
			whole.Sub(whole, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
		}
	}
	f, _ := new(big.Float).SetInt(whole).Float64()
	return strconv.FormatFloat(f/math.Pow10(scale), 'g', -1, 64)
}
