"""How is each number computed? Table expressions in, table expressions out, nothing opened."""
