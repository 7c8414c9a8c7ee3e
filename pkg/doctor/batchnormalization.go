package doctor

import "example.com/unstuck/pkg/nn"

var batchNormalization = Treatment{
	Text:  "batch normalization after every hidden Dense layer",
	Go:    "nn.Dense{…}, nn.BatchNormalization{}, nn.ReLU{} // each hidden layer",
	Keras: "keras.layers.Dense(…), keras.layers.BatchNormalization(), keras.layers.Activation(…)  # each hidden layer",
	Apply: func(c Case) (Case, error) {
		end := hiddenEnd(c.Model)
		c.Model = nn.MapLeaves(c.Model, func(l nn.Leaf) nn.Edit {
			d, dense := l.Layer.(nn.Dense)
			if !dense || l.At >= end {
				return nn.Edit{Layer: l.Layer}
			}
			e := nn.Edit{Behind: []nn.Layer{nn.BatchNormalization{Name: l.Name + "_normalized"}}}
			if d.Activation != nil {
				e.Behind = append(e.Behind, nn.Renamed{Name: l.Name + "_activation", Layer: d.Activation})
			}
			d.Activation = nil
			e.Layer = d
			return e
		})
		return c, nil
	},
}
