"""What made a change? The ways of ``change --how``: reading trade, splitting the change, writing the rows."""
