"""UN Comtrade: six-digit trade of any reporter."""
