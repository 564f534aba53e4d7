"""The pages: each is declared once, and the shell gives it address, form, downloads and permalink."""
