package nn

// Keras' layer Identity is its linear activation.
var _ = layers.Variant("Identity", Linear{})
