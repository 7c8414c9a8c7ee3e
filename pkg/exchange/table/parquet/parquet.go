// Package parquet lets package table read Parquet files. A program imports it for that effect alone:
//
//	import _ "example.com/unstuck/pkg/exchange/table/parquet"
//
// It is a package of its own for what the library brings along, an HTTP stack among it: no notebook's cell links that.
package parquet

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

	"example.com/unstuck/pkg/exchange/table"
)

func init() { table.Register(table.Format{Name: "Parquet", Magic: "PAR1", Read: read}) }

// read adds to a table what a Parquet file holds, as it would be in text: what its types tell, the columns' texts show again. Columns
// that hold lists or groups are left out.
func read(raw []byte, into *table.Filling) (err error) {
	defer func() {
		if failed := recover(); failed != nil { // the library's, on what isn't well-formed
			err = fmt.Errorf("is a damaged Parquet file: %v", failed)
		}
	}()
	file, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("is no Parquet file that can be read: %w", err)
	}
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
	if err := into.Columns(names, left, file.NumRows()); err != nil {
		return err
	}
	for _, group := range file.RowGroups() {
		if err := addRows(group.Rows(), into, len(names), at, texts); err != nil {
			return err
		}
	}
	return nil
}

func addRows(rows parquet.Rows, into *table.Filling, columns int, at map[int]int, texts []func(parquet.Value) string) error {
	defer rows.Close()
	buffer, cells := make([]parquet.Row, 64), make([]string, columns)
	for {
		n, err := rows.ReadRows(buffer)
		for _, row := range buffer[:n] {
			clear(cells)
			for _, v := range row {
				if k, taken := at[v.Column()]; taken && !v.IsNull() {
					cells[k] = texts[k](v)
				}
			}
			if err := into.Row(cells); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("behind row %d: %w", into.Rows(), err)
		case n == 0:
			return fmt.Errorf("behind row %d: %w", into.Rows(), io.ErrNoProgress)
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
