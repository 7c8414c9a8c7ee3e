package dataset

// maxElements bounds every array that this package makes: 2²⁸ values, 1 GiB of float32. Readers refuse a
// file that claims more before they allocate anything for it.
const maxElements = 1 << 28
