package dataset

// What the readers accept. They check a file's claims against these before they allocate anything for them,
// so a hostile file costs at most the memory of the largest honest one.
const (
	// maxElements bounds every array that this package makes: 2²⁸ values, 1 GiB of float32.
	maxElements = 1 << 28
	// maxFile bounds a CSV file: 1 GiB. One record of it, which is held in memory as text, may be that long.
	maxFile = 1 << 30
	// maxColumns bounds the columns of a CSV file.
	maxColumns = 1 << 16
	// maxHeader bounds the text in front of an .npy array; NumPy's own is below 200 bytes.
	maxHeader = 1 << 16
	// maxAxes bounds the rank of an .npy array.
	maxAxes = 8
	// maxEntries bounds the arrays in an .npz archive.
	maxEntries = 1 << 10
	// deflateRatio is the most that deflate can compress; an entry that claims more is lying.
	deflateRatio = 1032
)
