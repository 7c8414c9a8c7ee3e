package main

import (
	"github.com/spf13/cobra"

	"example.com/unstuck/pkg/exchange/table"
	_ "example.com/unstuck/pkg/exchange/table/parquet" // read as well
)

// tableFlags are the flags that say of a table what else is found out.
func tableFlags(command *cobra.Command, o *table.Options) {
	flags := command.Flags()
	flags.StringSliceVar(&o.Targets, "target", nil, "target column of a table, by name or number from 1, may be given several times (default: found by name, place and what the model gives)")
	flags.StringSliceVar(&o.Drop, "drop", nil, "columns of a table to leave out")
	flags.StringSliceVar(&o.Categorical, "categorical", nil, "columns of a table to make one-hot")
	flags.StringSliceVar(&o.Numeric, "numeric", nil, "columns of a table to take as one number each, though they look like row numbers or are classes")
	flags.StringSliceVar(&o.Ordered, "ordered", nil, "columns of a table that are steps of a scale, as \"size=small<medium<large\"")
	flags.StringVar(&o.Delimiter, "delimiter", "", "what separates a table's cells: a character, tab or blank (default: found out)")
	flags.StringVar(&o.Decimal, "decimal", "", "a table's decimal mark, . or , (default: found out)")
	flags.StringVar(&o.Encoding, "encoding", "", "a table's character encoding, as latin1 (default: UTF-8, UTF-16 or Windows-1252, found out)")
	flags.StringVar(&o.Header, "header", "", "whether a table's first row holds names: yes or no (default: found out)")
	flags.StringVar(&o.Missing, "missing", "", "what becomes of a table's missing inputs: fill, drop (the row) or keep (as NaN) (default: fill)")
	flags.StringSliceVar(&o.MissingValues, "missing-value", nil, "what stands for a missing value in a table, as -999, beside empty cells, NA, ? and the like")
	flags.IntVar(&o.Rows, "rows", 0, "most rows of a table that are taken, drawn at random where it has more; -1: all (default: 1000000)")
	flags.BoolVar(&o.DayFirst, "day-first", false, "read 03/04/2024 as the third of April where a table's dates don't tell")
}
