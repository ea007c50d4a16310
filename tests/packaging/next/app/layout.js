export const metadata = { title: "Next.js on nearcache", icons: "data:," };

export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
