<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local;

use local_parcours\local\document\node;

/**
 * The files of a session's course: what a document says of them, where Moodle keeps them, where their contents come from.
 *
 * Areas are given as [Moodle's file area, item id] by the name that a document gives them.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class files {
    /** Largest size that a document may give. */
    private const MAX_SIZE = 2147483648;

    /** @var string[] file areas from which a content may be taken again: those that documents fill */
    private const OURS = ['summary', 'section', 'intro', 'content', 'post', 'package'];

    /** @var int|null draft area of the caller that holds contents */
    private ?int $draft;

    /**
     * Makes the files' keeper.
     *
     * @param session $session
     * @param int|null $draft draft area of the caller that holds the contents that the course has nowhere
     */
    public function __construct(
        /** @var session the session whose files they are */
        private readonly session $session,
        ?int $draft,
    ) {
        $this->draft = $draft;
    }

    /**
     * Reads the files of an object of a document.
     *
     * @param node $owner the object
     * @param string[] $areas names of its areas
     * @return array[] by area and name
     */
    public static function read(node $owner, array $areas): array {
        $file = function (node $node) use ($areas): array {
            $node->object(['area', 'name', 'size', 'sha1']);
            return [
                'area' => $node->get('area')->choice($areas),
                'name' => $node->get('name')->file_name(),
                'size' => $node->get('size')->number(1, self::MAX_SIZE),
                'sha1' => $node->get('sha1')->sha1(),
            ];
        };
        return self::sorted($owner->get('files', [])->items($file, fn(array $file) => "{$file['area']}/{$file['name']}"));
    }

    /**
     * Reads the files of areas back.
     *
     * @param \context $context
     * @param string $component
     * @param array[] $areas
     * @return array[] by area and name
     */
    public static function observe(\context $context, string $component, array $areas): array {
        return self::sorted(array_column(self::stored($context, $component, $areas), 0));
    }

    /**
     * The files of areas, each as a document says it and as Moodle has it.
     *
     * @param \context $context
     * @param string $component
     * @param array[] $areas
     * @return array[] pairs
     */
    private static function stored(\context $context, string $component, array $areas): array {
        $found = [];
        foreach ($areas as $area => [$filearea, $itemid]) {
            foreach (get_file_storage()->get_area_files($context->id, $component, $filearea, $itemid, 'id', false) as $file) {
                $found[] = [[
                    'area' => (string) $area,
                    'name' => ltrim($file->get_filepath() . $file->get_filename(), '/'),
                    'size' => (int) $file->get_filesize(),
                    'sha1' => $file->get_contenthash(),
                ], $file];
            }
        }
        return $found;
    }

    /**
     * Puts files in the order of their areas and names.
     *
     * @param array[] $files
     * @return array[]
     */
    private static function sorted(array $files): array {
        usort($files, fn($one, $other) => strcmp("{$one['area']}/{$one['name']}", "{$other['area']}/{$other['name']}"));
        return $files;
    }

    /**
     * Replaces the wanted files of an area that is kept by what there is.
     *
     * @param array[] $wanted
     * @param array[] $observed
     * @param string|null $area null for none
     * @return array[]
     */
    public static function keep(array $wanted, array $observed, ?string $area): array {
        $others = array_filter($wanted, fn(array $file) => $file['area'] !== $area);
        return self::sorted([...$others, ...array_filter($observed, fn(array $file) => $file['area'] === $area)]);
    }

    /**
     * Puts in areas the files that a document wants there, and takes the others away.
     *
     * @param \context $context
     * @param string $component
     * @param array[] $areas
     * @param array[] $wanted
     * @param string $path JSON path of the object that they belong to
     * @return bool whether something was written
     */
    public function put(\context $context, string $component, array $areas, array $wanted, string $path): bool {
        $stored = self::stored($context, $component, $areas);
        $observed = array_column($stored, 0);
        if (self::sorted($observed) === $wanted) {
            return false;
        }
        $sources = [];
        foreach ($wanted as $rank => $file) {
            if (!isset($areas[$file['area']])) {
                throw new invalid_document("{$path}.files[{$rank}].area", 'problemvalue', implode(', ', array_keys($areas)));
            }
            $sources[] = in_array($file, $observed, true) ? null : $this->content($file, "{$path}.files[{$rank}]");
        }
        foreach ($stored as [$said, $file]) {
            if (!in_array($said, $wanted, true)) {
                $file->delete();
            }
        }
        foreach (array_filter($sources) as $rank => $source) {
            [$filearea, $itemid] = $areas[$wanted[$rank]['area']];
            $this->create($context, $component, $filearea, $itemid, $wanted[$rank]['name'], $source);
        }
        return true;
    }

    /**
     * A file of the draft area that has the content wanted; one that the course has already is copied there first.
     *
     * @param array $file
     * @param string $path JSON path
     * @return \stored_file
     */
    private function content(array $file, string $path): \stored_file {
        global $USER;
        $context = \context_user::instance($USER->id);
        $storage = get_file_storage();
        $drafts = $this->draft ? $storage->get_area_files($context->id, 'user', 'draft', $this->draft, 'id', false) : [];
        foreach ($drafts as $draft) {
            if ($draft->get_contenthash() === $file['sha1'] && (int) $draft->get_filesize() === $file['size']) {
                return $draft;
            }
        }
        $known = $this->known($file) ?? throw new refusal('missingfile', $path, $file['name']);
        $this->draft ??= file_get_unused_draft_itemid();
        return $this->create($context, 'user', 'draft', $this->draft, $file['sha1'], $known);
    }

    /**
     * A file of the session's course that has the content wanted, where documents put files.
     *
     * @param array $file
     * @return \stored_file|null
     */
    private function known(array $file): ?\stored_file {
        global $DB;
        $context = $this->session->context();
        [$areas, $params] = $DB->get_in_or_equal(self::OURS, SQL_PARAMS_NAMED);
        $sql = "SELECT f.id
                  FROM {files} f
                  JOIN {context} x ON x.id = f.contextid
                 WHERE f.contenthash = :sha1 AND f.filesize = :size AND f.component <> 'user' AND f.filearea {$areas}
                       AND (x.id = :course OR " . $DB->sql_like('x.path', ':inside') . ")";
        $params += ['sha1' => $file['sha1'], 'size' => $file['size'], 'course' => $context->id];
        $id = $DB->get_field_sql($sql, $params + ['inside' => "{$context->path}/%"], IGNORE_MULTIPLE);
        return $id ? get_file_storage()->get_file_by_id($id) : null;
    }

    /**
     * Creates a file from another one, in the name of the caller: H5P asks who put a package there.
     *
     * @param \context $context
     * @param string $component
     * @param string $filearea
     * @param int $itemid
     * @param string $name
     * @param \stored_file $source
     * @return \stored_file
     */
    private function create(
        \context $context,
        string $component,
        string $filearea,
        int $itemid,
        string $name,
        \stored_file $source,
    ): \stored_file {
        global $CFG, $USER;
        return get_file_storage()->create_file_from_storedfile([
            'contextid' => $context->id,
            'component' => $component,
            'filearea' => $filearea,
            'itemid' => $itemid,
            'filepath' => '/',
            'filename' => $name,
            'mimetype' => mimeinfo('type', $name),
            'userid' => $USER->id,
            'license' => $CFG->sitedefaultlicense,
            'source' => null,
            'author' => null,
            'sortorder' => 0,
            'timecreated' => time(),
            'timemodified' => time(),
        ], $source);
    }
}
